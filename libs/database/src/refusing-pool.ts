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
  constructor(config?: PoolConfig) {
    super({ ...config, Client: PromptClient } as PoolConfig);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    if (!callback) {
      return super.connect().catch((error: Error) => {
        throw refusalOf(error);
      });
    }
    super.connect((error, client, done) => callback(error && refusalOf(error), client, done));
  }
}

function refusalOf(error: Error): Error {
  if (error.message !== WAITED_TOO_LONG) return error;
  return new Problem('service.overloaded', 'the database has more work than it can take', {
    retryAfter: RETRY_AFTER_SECONDS,
    cause: error,
  });
}
