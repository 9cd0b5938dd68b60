import { Problem } from '@courtside/contracts';
import { Pool, type PoolClient } from 'pg';

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  done: (release?: boolean | Error) => void,
) => void;

/** What pg says to whoever waited for a connection as long as may be. */
const WAITED_TOO_LONG = 'timeout exceeded when trying to connect';
const RETRY_AFTER_SECONDS = 1;

/** A pool that refuses whoever waited too long for a connection: that is overload, not a fault. */
export class RefusingPool extends Pool {
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
