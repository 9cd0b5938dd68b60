import type { Cluster, Redis } from 'ioredis';
import type { BrokerHealth, BrokerStatus } from '../broker/port.js';
import { systemTime, within } from '../protocol/time.js';

/** A connection that leaves a ping unanswered for this long is replaced. */
export const watchMs = 5_000;

/** A fault of the connection shows in `status` and `health`; ioredis reconnects by itself. */
export function silence(redis: Redis | Cluster): void {
  redis.on('error', () => {});
}

export function statusOf({ status }: Redis | Cluster): BrokerStatus {
  if (status === 'ready') return 'connected';
  return status === 'wait' || status === 'end' ? 'disconnected' : 'reconnecting';
}

/** Calls the listener now and on every change; the answer calls it off. */
export function onStatusOf(
  redis: Redis | Cluster,
  listener: (status: BrokerStatus) => void,
): () => void {
  const on = {
    ready: () => listener('connected'),
    reconnecting: () => listener('reconnecting'),
    end: () => listener('disconnected'),
  };
  listener(statusOf(redis));
  for (const [event, call] of Object.entries(on)) redis.on(event, call);
  return () => {
    for (const [event, call] of Object.entries(on)) redis.off(event, call);
  };
}

export async function quit(redis: Redis | Cluster): Promise<void> {
  if (redis.status === 'ready') await redis.quit().catch(() => {});
  else redis.disconnect();
}

export async function healthOf(redis: Redis, waitMs: number): Promise<BrokerHealth> {
  const { status } = redis;
  if (status !== 'ready') return { up: false, detail: `Redis connection is ${status}` };
  const startedAt = Date.now();
  const isUp = await answers(redis, waitMs);
  if (!isUp) return { up: false, detail: `Redis did not answer within ${waitMs} ms` };
  return { up: true, detail: `Redis answered in ${Date.now() - startedAt} ms` };
}

export async function answers(redis: Redis, waitMs: number): Promise<boolean> {
  let isUp = false;
  await within(
    systemTime,
    waitMs,
    redis.ping().then(() => (isUp = true)),
  );
  return isUp;
}

export async function replaceWhenDead(redis: Redis): Promise<void> {
  if (redis.status !== 'ready') return;
  if (!(await answers(redis, watchMs))) redis.disconnect(true);
}
