import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import { systemTime } from '../protocol/time.js';
import { silence } from './connection-state.js';
import { always } from './connections.js';

const channel = '+switch-master';
/** A connection that was on its way when the word came may have been sent to the old server. */
const lookAgainMs = 1_000;

/**
 * Hears from the sentinels that another server is the first, and has connections leave the old one.
 * That one may be alive and know nothing of it: it would confirm for seconds what is lost once it
 * becomes a copy. One connection to each sentinel, for each may have told us the old one.
 */
export class SwitchWatch {
  readonly #options: RedisOptions;
  readonly #connections: () => Iterable<Redis>;
  #sentinels: Redis[] = [];
  #isClosed = false;
  #stopLooking = () => {};

  constructor(options: RedisOptions, connections: () => Iterable<Redis>) {
    this.#options = options;
    this.#connections = connections;
  }

  start(): void {
    if (this.#isClosed) return;
    const { sentinels = [], sentinelUsername, sentinelPassword, sentinelTLS } = this.#options;
    this.#sentinels = sentinels.map(({ host = '127.0.0.1', port = 26_379 }) => {
      const login = { username: sentinelUsername ?? '', password: sentinelPassword ?? '' };
      const redis = new Redis({
        ...always,
        ...(sentinelPassword && login),
        ...(sentinelTLS && { tls: sentinelTLS }),
        host,
        port,
        // A sentinel is no server of data, and one that is away must not keep anybody waiting.
        enableReadyCheck: false,
        maxRetriesPerRequest: null,
      });
      silence(redis);
      redis.on('message', (_, text) => this.#heed(text));
      redis.subscribe(channel).catch(() => {});
      return redis;
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#stopLooking();
    for (const redis of this.#sentinels) redis.disconnect();
  }

  /** `<name> <old host> <old port> <new host> <new port>` */
  #heed(text: string): void {
    const [name, , , host = '', port] = text.split(' ');
    if (name !== this.#options.name) return;
    const leave = () => this.#leaveAllBut(host, Number(port));
    leave();
    this.#stopLooking();
    if (isIP(host)) this.#stopLooking = systemTime.after(lookAgainMs, leave);
  }

  #leaveAllBut(host: string, port: number): void {
    for (const redis of this.#connections()) {
      const isOpen = redis.status === 'ready' || redis.status === 'connect';
      if (isOpen && !isAt(redis, host, port)) redis.disconnect(true);
    }
  }
}

/** Whether it surely is there: a name, or an address that is translated, is not known to be. */
function isAt(redis: Redis, host: string, port: number): boolean {
  const { remoteAddress = '', remotePort } = redis.stream as {
    remoteAddress?: string;
    remotePort?: number;
  };
  return remotePort === port && remoteAddress.replace(/^::ffff:/, '') === host;
}
