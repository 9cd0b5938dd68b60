import { callbackify } from 'node:util';
import { Problem } from '@courtside/contracts';
import { Client, Pool, type ClientConfig, type PoolClient, type PoolConfig } from 'pg';

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/** What pg says to whoever waited for a connection as long as may be. */
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';
const RETRY_AFTER_SECONDS = 1;

/**
 * How long a server may take to greet, milliseconds: less than whoever waits for a session to be checked.
 * What was sent to a server just as it died is never answered, while the next one may be there already.
 */
export const CONNECT_WITHIN_MS = 1_500;

/** A server that answered somebody so lately is there: who is greeted late has come at a bad time, milliseconds. */
const HEARD_WITHIN_MS = 500;
/** What pg says of a server that did not greet in time. */
const GREETED_LATE = 'timeout expired';

/** Gives up a server that says nothing, however long its pool may wait for a connection to come free. */
class PromptClient extends Client {
  constructor(config?: ClientConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECT_WITHIN_MS });
    // Between its pool and who asked for it nobody listens: a server that dies just then would end the process.
    this.on('error', () => undefined);
  }
}

/** A pool that refuses whoever waited too long for a connection: that is overload, not a fault. */
export class RefusingPool extends Pool {
  readonly #patienceMs: number;
  #heardAt = -Infinity;

  constructor(config: PoolConfig = {}) {
    super({ ...config, Client: PromptClient } as PoolConfig);
    this.#patienceMs = config.connectionTimeoutMillis ?? 0;
    // The server is ready for the next statement: it has answered the last one.
    this.on('connect', (client) => client.on('drain', () => (this.#heardAt = performance.now())));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const connected = () => this.#connected(performance.now());
    if (!callback) return connected();
    callbackify(connected)((error, client) => {
      callback(error ?? undefined, client, (release) => client?.release(release));
    });
  }

  /** Each new connection belongs to who asked for it, though another may be free by the time it is late. */
  async #connected(since: number): Promise<PoolClient> {
    try {
      return await super.connect();
    } catch (error) {
      const { message } = error as Error;
      const now = performance.now();
      const mayWait = now - since + CONNECT_WITHIN_MS <= this.#patienceMs;
      const isThere = now - this.#heardAt <= HEARD_WITHIN_MS;
      if (message === GREETED_LATE && isThere && mayWait) return this.#connected(since);
      throw refusalOf(error as Error);
    }
  }
}

function refusalOf(error: Error): Error {
  if (error.message !== WAITED_TOO_LONG) return error;
  return new Problem('service.overloaded', 'the database has more work than it can take', {
    retryAfter: RETRY_AFTER_SECONDS,
    cause: error,
  });
}
