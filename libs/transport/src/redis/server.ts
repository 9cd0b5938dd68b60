import { Command, type Redis } from 'ioredis';
import type { BrokerHealth, BrokerStatus } from '../broker/port.js';
import type { Resolved } from './addresses.js';
import { withCommands, type CommandConnection } from './commands.js';
import { sendCommand } from './script.js';
import {
  healthOf,
  onStatusOf,
  quit,
  replaceWhenDead,
  silence,
  statusOf,
} from './connection-state.js';
import { forCommands, forReading, openConnection, whenReady } from './connections.js';
import type { Deployment, Reader } from './deployment.js';
import { SwitchWatch } from './switch-watch.js';

type ServerAddressed = Extract<Resolved, { kind: 'server' }>;

/** One server, or the one of several that Sentinel says is the first. */
export class ServerDeployment implements Deployment {
  readonly commands: Redis & CommandConnection;
  readonly subscriber: Redis;
  readonly isSharded = false;
  readonly #address: ServerAddressed;
  readonly #connectionName: string;
  readonly #readers = new Set<Redis>();
  readonly #switches: SwitchWatch;
  #life = 0;

  constructor(address: ServerAddressed, connectionName: string) {
    this.#address = address;
    this.#connectionName = connectionName;
    this.commands = withCommands(this.#open(forCommands));
    this.subscriber = this.#open(forCommands);
    this.commands.on('close', () => (this.#life += 1));
    this.#switches = new SwitchWatch(address.client, () => this.#all());
    // Not before there is one to leave: who waits for copies connects with the first message.
    this.commands.once('connect', () => this.#switches.start());
  }

  get status(): BrokerStatus {
    return statusOf(this.commands);
  }

  publishFrom(_key: string, channel: string, text: string): Promise<unknown> {
    return sendCommand(this.commands, new Command('publish', [channel, text]));
  }

  together(streams: readonly string[]): string[][] {
    return [[...streams]];
  }

  reader(): Reader {
    const redis = this.#open(forReading);
    this.#readers.add(redis);
    redis.once('end', () => this.#readers.delete(redis));
    return {
      redis,
      prepare: () => {},
      unblock: async (id) => (await this.commands.client('UNBLOCK', id)) === 1,
      // A server that is no longer the first says so: ioredis then looks for the one that is.
      refused: () => {},
    };
  }

  async connect(waitMs: number): Promise<void> {
    await Promise.all([this.commands, this.subscriber].map((redis) => whenReady(redis, waitMs)));
  }

  async close(): Promise<void> {
    this.#switches.close();
    await Promise.all([quit(this.commands), quit(this.subscriber)]);
    for (const reader of this.#readers) reader.disconnect();
  }

  destroy(): void {
    this.#switches.close();
    for (const redis of this.#all()) redis.disconnect();
  }

  health(waitMs: number): Promise<BrokerHealth> {
    return healthOf(this.commands, waitMs);
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return onStatusOf(this.commands, listener);
  }

  /** Never without the subscriber being cut, which says so by itself. */
  onTakeover(): void {}

  watch(): void {
    for (const redis of [this.commands, this.subscriber]) void replaceWhenDead(redis);
  }

  lifeOf(): number {
    return this.#life;
  }

  copies(_key: string, wanted: number, waitMs: number): Promise<number> {
    return this.commands.wait(wanted, waitMs);
  }

  #all(): Redis[] {
    return [this.commands, this.subscriber, ...this.#readers];
  }

  #open(options: typeof forCommands): Redis {
    const redis = openConnection(this.#address, {
      ...options,
      connectionName: this.#connectionName,
    });
    silence(redis);
    return redis;
  }
}
