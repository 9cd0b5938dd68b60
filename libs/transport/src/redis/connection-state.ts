import type { Redis } from 'ioredis';
import type { BrokerStatus } from '../broker/port.js';

/** A connection that leaves a ping unanswered for this long is replaced. */
export const watchMs = 5_000;

/** A fault of the connection shows in `status` and `health`; ioredis reconnects by itself. */
export function silence(redis: Redis): void {
  redis.on('error', () => {});
}

export function statusOf({ status }: Redis): BrokerStatus {
  if (status === 'ready') return 'connected';
  return status === 'wait' || status === 'end' ? 'disconnected' : 'reconnecting';
}

export async function quit(redis: Redis): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => {});
  else redis.disconnect();
}

export async function answers(redis: Redis, waitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), waitMs);
  });
  const ping = redis.ping().then(
    () => true,
    () => false,
  );
  const isUp = await Promise.race([ping, tooLate]);
  clearTimeout(timer);
  return isUp;
}

export async function replaceWhenDead(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') return;
  if (!(await answers(redis, watchMs))) redis.disconnect(true);
}
