import type { Redis } from 'ioredis';
import { TransportError } from '../errors.js';
import { silence } from './connection-state.js';
import { openConnection, whenReady } from './connections.js';

interface Administering {
  readonly address: Parameters<typeof openConnection>[0];
  /** How long the server may take to answer, milliseconds. */
  readonly connectMs: number;
  /** What it means that the server refuses, as the beginning of a sentence. */
  readonly refused: string;
}

/**
 * Does what services may not do, on a connection of its own.
 * @throws TransportError `DISCONNECTED` when the server does not answer, `DENIED` when it refuses.
 */
export async function administering<T>(
  { address, connectMs, refused }: Administering,
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = openConnection(address, { maxRetriesPerRequest: 1 });
  silence(redis);
  try {
    await whenReady(redis, connectMs);
    return await work(redis);
  } catch (cause) {
    if (cause instanceof TransportError) throw cause;
    throw new TransportError('DENIED', `${refused}: ${(cause as Error).message}`, { cause });
  } finally {
    redis.disconnect();
  }
}
