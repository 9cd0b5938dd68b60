import { randomUUID } from 'node:crypto';
import { TransportError } from '../errors.js';
import { systemTime, within } from '../protocol/time.js';
import type { CommandConnection } from './commands.js';

/** Who asks compares and goes on: it never waits for a server that is away. */
const answerMsMax = 1_000;

/**
 * Asks a question whose answer is of no use later.
 * @param what is asked for, for the error when Redis is away or does not answer in time.
 */
export async function asked<T>(
  redis: CommandConnection,
  what: string,
  ask: () => Promise<T>,
): Promise<T> {
  if (redis.status !== 'ready') throw unanswered(what, `its connection is ${redis.status}`);
  let answer: { value: T } | undefined;
  let cause: unknown;
  const asking = ask().then(
    (value) => void (answer = { value }),
    (error: unknown) => void (cause = error),
  );
  await within(systemTime, answerMsMax, asking);
  if (cause instanceof TransportError) throw cause;
  if (!answer) throw unanswered(what, cause ? 'it failed' : `not within ${answerMsMax} ms`, cause);
  return answer.value;
}

/**
 * Reads the epoch under `key`, or makes it. SETNX, so that an access list can forbid to change one:
 * whoever could would make every outbox publish all over again.
 */
export async function epochAt(redis: CommandConnection, key: string): Promise<string> {
  const [, epoch] = await Promise.all([redis.setnx(key, randomUUID()), redis.get(key)]);
  if (epoch === null) throw new Error('it was lost between two commands');
  return epoch;
}

function unanswered(what: string, why: string, cause?: unknown): TransportError {
  return new TransportError('DISCONNECTED', `Redis did not tell ${what}: ${why}`, { cause });
}
