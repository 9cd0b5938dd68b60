import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { TransportError } from '../errors.js';
import { systemTime, within } from '../protocol/time.js';

/** Who asks compares and goes on: it never waits for a server that is away. */
const answerMsMax = 1_000;

/**
 * Reads the epoch under `key`, or makes it. SETNX, so that an access list can forbid to change one:
 * whoever could would make every outbox publish all over again.
 */
export async function epochAt(redis: Redis, key: string): Promise<string> {
  if (redis.status !== 'ready') throw unanswered(`its connection is ${redis.status}`);
  const mine = randomUUID();
  let epoch: string | undefined;
  let cause: unknown;
  const asked = Promise.all([redis.setnx(key, mine), redis.get(key)]).then(
    ([, known]) => void (epoch = known ?? undefined),
    (error: unknown) => void (cause = error),
  );
  await within(systemTime, answerMsMax, asked);
  if (epoch === undefined) throw unanswered(`no answer within ${answerMsMax} ms`, cause);
  return epoch;
}

function unanswered(why: string, cause?: unknown): TransportError {
  return new TransportError('DISCONNECTED', `Redis did not tell its epoch: ${why}`, { cause });
}
