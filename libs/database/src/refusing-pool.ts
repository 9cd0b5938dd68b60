import { callbackify } from 'node:util';
import { Problem } from '@courtside/contracts';
import { Client, Pool, type ClientConfig, type PoolClient, type PoolConfig } from 'pg';

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

interface Waiting {
  readonly taken: (client: PoolClient | Promise<PoolClient>) => void;
  readonly refused: (error: Error) => void;
}

const RETRY_AFTER_SECONDS = 1;

/**
 * How long a server may take to greet, milliseconds: less than whoever waits for a session to be checked.
 * What was sent to a server just as it died is never answered, while the next one may be there already.
 */
export const CONNECT_WITHIN_MS = 1_500;

/** How long it may take when the server answers others meanwhile, milliseconds: it has much to do. */
const CONNECT_SLOWLY_WITHIN_MS = 15_000;
/** A server that answered somebody so lately is there, milliseconds. */
const HEARD_WITHIN_MS = 500;

interface PromptConfig extends ClientConfig {
  readonly isHeard?: () => boolean;
}

/** Gives up a server that greets late and says nothing to anybody else either. */
class PromptClient extends Client {
  constructor({ isHeard, ...config }: PromptConfig = {}) {
    super({ ...config, connectionTimeoutMillis: CONNECT_SLOWLY_WITHIN_MS });
    // Between its pool and who asked for it nobody listens: a server that dies just then would end the process.
    this.on('error', () => undefined);
    const watch = setInterval(() => {
      if (!isHeard?.()) this.connection.stream.destroy(new Error('timeout expired'));
    }, CONNECT_WITHIN_MS);
    for (const over of ['connect', 'end']) this.once(over, () => clearInterval(watch));
  }
}

/**
 * A pool in which all wait in one line for whatever connection is free first, and connections are opened
 * beside it, one after the other, for as long as somebody waits (as HikariCP does). pg's own pool binds a
 * new connection to who asked for it: on a server that is late with greetings many would wait for theirs
 * while others came free, and each of their connections would make it later still.
 *
 * Who waits too long is refused: that is overload, not a fault.
 */
export class RefusingPool extends Pool {
  readonly #patienceMs: number;
  readonly #line = new Set<Waiting>();
  #isOpening = false;
  #heardAt = -Infinity;

  constructor({ connectionTimeoutMillis = 0, ...config }: PoolConfig = {}) {
    const isHeard = () => performance.now() - this.#heardAt <= HEARD_WITHIN_MS;
    super({ ...config, Client: PromptClient, isHeard } as PoolConfig);
    this.#patienceMs = connectionTimeoutMillis;
    // The server is ready for the next statement: it has answered the last one.
    this.on('connect', (client) => client.on('drain', () => (this.#heardAt = performance.now())));
    // It is free a moment after it is told.
    this.on('release', () => process.nextTick(() => this.#serve()));
    this.on('remove', () => this.#serve());
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const connected = () => this.#connected();
    if (!callback) return connected();
    callbackify(connected)((error, client) => {
      callback(error ?? undefined, client, (release) => client?.release(release));
    });
  }

  #connected(): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(patience);
        this.#line.delete(waiting);
      };
      const waiting: Waiting = {
        taken: (client) => (leave(), resolve(client)),
        refused: (error) => (leave(), reject(error)),
      };
      const refuse = () => waiting.refused(overload());
      const patience = this.#patienceMs > 0 ? setTimeout(refuse, this.#patienceMs) : undefined;
      this.#line.add(waiting);
      this.#serve();
    });
  }

  /** Gives what is free to who waits longest, and has one more opened where that is not enough. */
  #serve(): void {
    for (const first of this.#line) {
      // Those that are asked for are free until the next tick.
      if (this.idleCount <= this.waitingCount) break;
      first.taken(super.connect());
    }
    if (this.#line.size > 0 && !this.#isOpening && this.totalCount < this.options.max) {
      this.#isOpening = true;
      void this.#open();
    }
  }

  async #open(): Promise<void> {
    try {
      const client = await super.connect();
      const [first] = this.#line;
      if (first) first.taken(client);
      else client.release();
    } catch (error) {
      for (const each of this.#line) each.refused(error as Error);
    }
    this.#isOpening = false;
    this.#serve();
  }
}

const overload = (): Problem =>
  new Problem('service.overloaded', 'the database has more work than it can take', {
    retryAfter: RETRY_AFTER_SECONDS,
  });
