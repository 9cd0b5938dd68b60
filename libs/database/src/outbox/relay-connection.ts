import { setTimeout as pause } from 'node:timers/promises';
import { Client, escapeIdentifier } from 'pg';

/**
 * What holds for the connection: a relay that freezes lets go of its rows, and what it noted may be
 * lost when the database crashes, because publishing twice does no harm.
 */
const SESSION = `
  SET synchronous_commit TO off;
  SET statement_timeout TO '5s';
  SET idle_in_transaction_session_timeout TO '15s';
`;
const CONNECT_TIMEOUT_MS = 2_000;
/** An answer that takes longer does not come: the database has its own limit below this. */
const ANSWER_TIMEOUT_MS = 8_000;
/** What a connection that is given up may take to end, milliseconds. */
const END_TIMEOUT_MS = 1_000;

/**
 * The relay's own connection: it works on the outbox in transactions and hears in between that there
 * is work. One that broke is replaced at the next use.
 */
export class RelayConnection {
  #client: Client | undefined;

  constructor(
    private readonly url: string,
    /** Where relays of a service tell each other that there is work. */
    readonly channel: string,
    private readonly onHint: () => void,
  ) {}

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  /** Runs `work` in a transaction; rejects, with nothing changed, when it or the connection fails. */
  async transaction<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.#opened();
    await client.query('BEGIN');
    try {
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => this.#drop(client));
      throw error;
    }
  }

  /** Wakes the relays of the other processes. */
  async wakeOthers(): Promise<void> {
    const client = await this.#opened();
    await client.query('SELECT pg_notify($1, $2)', [this.channel, '']);
  }

  /** Reads outside of a transaction. */
  async read<R extends object>(sql: string): Promise<R[]> {
    const client = await this.#opened();
    return (await client.query<R>(sql)).rows;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    client?.removeAllListeners('notification');
    if (client)
      await Promise.race([client.end(), pause(END_TIMEOUT_MS, undefined, { ref: false })]);
  }

  async #opened(): Promise<Client> {
    if (this.#client) return this.#client;
    const client = new Client({
      connectionString: this.url,
      application_name: this.channel,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    client.on('notification', ({ processId }) => {
      if (processId !== processIdOf(client)) this.onHint();
    });
    try {
      await client.connect();
      await client.query(`${SESSION}; LISTEN ${escapeIdentifier(this.channel)}`);
    } catch (error) {
      this.#drop(client);
      throw error;
    }
    this.#client = client;
    return client;
  }

  /** For good: whoever comes next opens another one. */
  #drop(client: Client): void {
    if (this.#client === client) {
      this.#client = undefined;
      this.onHint();
    }
    client.end().catch(() => undefined);
  }
}

/** Which process of the database serves this connection; missing in the types. */
const processIdOf = (client: Client): number | undefined =>
  (client as Client & { readonly processID?: number }).processID;
