import type { ConnectionOptions } from 'node:tls';
import { MemoryBroker } from '../memory/memory-broker.js';
import { MemoryHub } from '../memory/memory-hub.js';
import type { DeniedListener } from '../redis/denials.js';
import { isRedisUrl, resolveAddress } from '../redis/addresses.js';
import { RedisBroker } from '../redis/redis-broker.js';
import type { BrokerPort } from './port.js';

/** What a broker is opened with; `memory:` takes no notice of it. */
export interface OpenBrokerOptions {
  /** First part of every key in Redis. Default: nx. */
  readonly prefix?: string;
  /** The service it is opened for: begins the names of keys that it alone writes. */
  readonly service?: string;
  /** Is told each time the access list of Redis refuses something. */
  readonly onDenied?: DeniedListener;
  /** How long `connect()` tries before it fails, milliseconds. Default: 10 s. */
  readonly connectMs?: number;
  /** Copies beside the first server that must have a message before it counts as sent. Default: 0. */
  readonly copies?: number;
  /** Certificates, for `rediss` URLs whose servers the system does not know. */
  readonly tls?: ConnectionOptions;
}

const hubs = new Map<string, MemoryHub>();

/**
 * A broker for a Redis or Valkey server (`redis://<user>:<password>@host:port/db`), Sentinel
 * (`redis+sentinel://<user>:<password>@host:port,host:port/name`), a Cluster
 * (`redis+cluster://<user>:<password>@host:port,host:port`), each over TLS with `rediss`, or for
 * `memory:` / `memory:<name>`: brokers opened with the same memory name in one process talk to
 * each other. Each is closed by who opened it.
 * @throws Error for any other URL, in words that do not repeat it.
 */
export function openBroker(url: string, options: OpenBrokerOptions = {}): BrokerPort {
  if (url.startsWith('memory:')) return new MemoryBroker({ hub: hubNamed(url) });
  if (isRedisUrl(url)) return new RedisBroker({ url, ...options });
  throw new Error(
    `broker '${url.replace(/:.*/s, ':…')}' is neither redis://, redis+sentinel://, ` +
      'redis+cluster:// (each also with rediss) nor memory:',
  );
}

/** What is wrong with the URL of a broker, in words that do not repeat it; undefined: nothing. */
export function brokerUrlFault(url: string): string | undefined {
  if (url.startsWith('memory:')) return undefined;
  if (!isRedisUrl(url)) {
    return 'must be redis://, redis+sentinel:// or redis+cluster:// (each also rediss), or memory:';
  }
  try {
    resolveAddress({ url });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function hubNamed(name: string): MemoryHub {
  let hub = hubs.get(name);
  if (!hub) hubs.set(name, (hub = new MemoryHub()));
  return hub;
}
