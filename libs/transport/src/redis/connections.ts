import { Redis, type Cluster, type RedisOptions } from 'ioredis';
import { TransportError } from '../errors.js';
import type { Resolved } from './addresses.js';

const reconnectMsMax = 500;

/** A server that has become a copy of another: the commands belong to that one. */
const isDemoted = ({ message }: Error) => message.startsWith('READONLY');

/** Commands survive a reconnect: scripts are written so that a resend does nothing twice. */
export const forCommands: RedisOptions = {
  maxRetriesPerRequest: null,
  autoResendUnfulfilledCommands: true,
  reconnectOnError: (error) => (isDemoted(error) ? 2 : false),
};

/** A broken blocking read fails at once: what it may have been given must be looked up first. */
export const forReading: RedisOptions = {
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  reconnectOnError: (error) => (isDemoted(error) ? 1 : false),
};

/** What every connection has, to whatever server. */
export const always = {
  lazyConnect: true,
  keepAlive: 10_000,
  // It would tell the name of a library, and not every access list of a server knows the command.
  disableClientInfo: true,
  retryStrategy: (times: number) => Math.min(times * 50, reconnectMsMax),
} satisfies RedisOptions;

/** Makes a connection to a server, or by Sentinel, that is opened by `connect()`. */
export function openConnection(
  address: Extract<Resolved, { kind: 'server' }>,
  options: RedisOptions,
): Redis {
  const all = { ...address.client, ...always, ...options };
  return address.url === undefined ? new Redis(all) : new Redis(address.url, all);
}

/** Resolves when the connection answers; rejects with the last fault when it never did in time. */
export async function whenReady(redis: Redis | Cluster, waitMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  let lastError: unknown;
  const onError = (error: unknown) => (lastError = error);
  redis.on('error', onError);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(unreachable(waitMs, lastError)), waitMs);
      // A connection that is closed while it is away says nothing more.
      timer.unref();
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
