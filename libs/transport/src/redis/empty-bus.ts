import { resolveAddress } from './addresses.js';
import { administering } from './administering.js';

const connectMs = 5_000;
/** Keys that one step looks at: the server is held up by none. */
const pageMax = 1_000;

/** Which bus is emptied. */
export interface EmptyBusOptions {
  /** A user that may see and remove every key: services may not. */
  readonly url: string;
  /** First part of every key of the bus. Default: nx. */
  readonly prefix?: string;
}

/**
 * Removes every key of a bus, its epoch too, so that a new one begins: for whoever puts services back to
 * an earlier state, which must not be told what happened after it. Other keys of the server stay. Services
 * find an empty bus as they would a new one; outboxes publish again what is not confirmed.
 * @returns how many keys there were.
 * @throws TransportError `DISCONNECTED` when the server does not answer; Error for a Cluster.
 */
export async function emptyBus({ url, prefix = 'nx' }: EmptyBusOptions): Promise<number> {
  const address = resolveAddress({ url });
  if (address.kind === 'cluster') throw new Error('the keys of a Cluster are removed node by node');
  return administering({ address, connectMs, refused: 'the bus is not emptied' }, async (redis) => {
    let removed = 0;
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, 'MATCH', `${prefix}:*`, 'COUNT', pageMax);
      if (keys.length > 0) removed += await redis.unlink(...keys);
      cursor = next;
    } while (cursor !== '0');
    return removed;
  });
}
