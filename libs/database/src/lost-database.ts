import { Problem } from '@courtside/contracts';
import type { ProblemOfFault } from '@courtside/service';

/** Long enough for a server to come back that was only killed, seconds. */
const RETRY_AFTER_SECONDS = 2;

/** What the network says of a server that is not there. */
const NETWORK = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'],
  ...['ENOTFOUND', 'EAI_AGAIN'],
]);

/**
 * What a server says that ends, begins or has no room (PostgreSQL, Appendix A): connection exceptions,
 * insufficient resources, shutdowns, and a start that is not done.
 */
const STATES = /^(08...|53...|57P0[1-5])$/;

/** What pg says of a connection that has ended under a statement; it gives these no code. */
const ENDED =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout expired)/;

/** What TypeORM says of the next statement of a transaction whose connection has ended between two. */
const RELEASED = /^QueryRunner(Provider)?AlreadyReleasedError$/;

/** An error, as it tells of itself: some come from other worlds than ours, where `Error` is another class. */
interface Told {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  /** What TypeORM has wrapped. */
  readonly driverError?: unknown;
  /** Node tries every address of a name, and tells of all of them. */
  readonly errors?: unknown;
}

/**
 * Whether an error tells that the database is away. What was asked of it may have happened or not: who
 * asked may come again, with the same key.
 */
export function isDatabaseLost(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const { name, code, message, driverError, errors } = error as Told;
  if (typeof code === 'string' && (NETWORK.has(code) || STATES.test(code))) return true;
  if (typeof message === 'string' && ENDED.test(message)) return true;
  if (typeof name === 'string' && RELEASED.test(name)) return true;
  if (Array.isArray(errors) && errors.some(isDatabaseLost)) return true;
  return isDatabaseLost(driverError);
}

/** What a request amounts to whose handler lost the database; undefined for every other error. */
export const problemOfDatabase: ProblemOfFault = (error) =>
  isDatabaseLost(error)
    ? new Problem('service.unavailable', undefined, {
        retryAfter: RETRY_AFTER_SECONDS,
        cause: error,
      })
    : undefined;
