import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import { TransportError } from '../errors.js';

/** Where Redis is: a URL, or options of ioredis (Sentinel included). */
export type RedisAddress = { readonly url: string } | { readonly client: RedisOptions };

const reconnectMsMax = 500;

/** Commands survive a reconnect: scripts are written so that a resend does nothing twice. */
export const forCommands: RedisOptions = {
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: true,
};

/** A broken blocking read fails at once: what it may have been given must be looked up first. */
export const forReading: RedisOptions = {
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
};

/** Makes a connection that is opened by `connect()`. */
export function makeConnection(address: RedisAddress, options: RedisOptions): Redis {
  const all: RedisOptions = {
    lazyConnect: true,
    keepAlive: 10_000,
    // It would tell the name of a library, and not every access list of a server knows the command.
    disableClientInfo: true,
    retryStrategy: (times) => Math.min(times * 50, reconnectMsMax),
    ...options,
  };
  return 'url' in address ? new Redis(address.url, all) : new Redis({ ...address.client, ...all });
}

/** Resolves when the connection answers; rejects with the last fault when it never did in time. */
export async function whenReady(redis: Redis, waitMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  let lastError: unknown;
  const onError = (error: unknown) => (lastError = error);
  redis.on('error', onError);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(unreachable(waitMs, lastError)), waitMs);
      redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
      redis.once('end', () => {
        clearTimeout(timer);
        reject(unreachable(waitMs, lastError));
      });
      if (redis.status === 'wait') redis.connect().catch(onError);
    });
  } finally {
    redis.off('error', onError);
  }
}

function unreachable(waitMs: number, cause: unknown): TransportError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new TransportError('DISCONNECTED', `Redis did not answer within ${waitMs} ms${why}`, {
    cause,
  });
}
