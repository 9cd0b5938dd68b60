import { MemoryBroker } from '../memory/memory-broker.js';
import { MemoryHub } from '../memory/memory-hub.js';
import type { DeniedListener } from '../redis/denials.js';
import { RedisBroker } from '../redis/redis-broker.js';
import type { BrokerPort } from './port.js';

export interface OpenBrokerOptions {
  /** First part of every key in Redis. */
  readonly prefix?: string;
  /** The service it is opened for: begins the names of keys that it alone writes. */
  readonly service?: string;
  /** Is told each time the access list of Redis refuses something. */
  readonly onDenied?: DeniedListener;
  /** How long `connect()` tries before it fails. */
  readonly connectMs?: number;
}

const hubs = new Map<string, MemoryHub>();

/**
 * A broker for `redis://…`, `rediss://…`, or `memory:` / `memory:<name>`: brokers opened with the
 * same memory name in one process talk to each other. Each is closed by who opened it.
 */
export function openBroker(url: string, options: OpenBrokerOptions = {}): BrokerPort {
  if (url.startsWith('memory:')) return new MemoryBroker({ hub: hubNamed(url) });
  if (/^rediss?:\/\//.test(url)) return new RedisBroker({ url, ...options });
  throw new Error(
    `broker '${url.replace(/:.*/s, ':…')}' is neither redis://, rediss:// nor memory:`,
  );
}

function hubNamed(name: string): MemoryHub {
  let hub = hubs.get(name);
  if (!hub) hubs.set(name, (hub = new MemoryHub()));
  return hub;
}
