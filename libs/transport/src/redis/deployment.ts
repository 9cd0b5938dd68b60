import type { Redis } from 'ioredis';
import type { BrokerHealth, BrokerStatus } from '../broker/port.js';
import type { CommandConnection } from './commands.js';

/** A connection for blocking reads, and what depends on where it leads. */
export interface Reader {
  readonly redis: Redis;
  /** Says what the next read needs to be let in, where it needs anything. */
  prepare(): void;
  /** Ends a read that waits, by the id of its connection; false when none waited. */
  unblock(id: number): Promise<boolean>;
  /** The server refused a read: looks up where the streams lie now. */
  refused(error: Error): void;
}

/** Servers of Redis that work as one, and the connections to them. */
export interface Deployment {
  /** Answers at once, or as soon as a server that is away is back; a repeat does nothing twice. */
  readonly commands: CommandConnection;
  /** Hears what is published, wherever it was. */
  readonly subscriber: Redis;
  /** Whether some streams can be away while others are there. */
  readonly isSharded: boolean;
  /** Publishes in order with what is published from where the key lies. */
  publishFrom(key: string, channel: string, text: string): Promise<unknown>;
  /** Splits streams into those that one blocking read may name together. */
  together(streams: readonly string[]): string[][];
  /** Makes a connection to where these streams lie. It follows them. */
  reader(streams: readonly string[]): Reader;
  /** Rejects when it is not answered in time; a later call tries again. */
  connect(waitMs: number): Promise<void>;
  /** Lets commands under way finish. */
  close(): Promise<void>;
  destroy(): void;
  health(waitMs: number): Promise<BrokerHealth>;
  readonly status: BrokerStatus;
  onStatus(listener: (status: BrokerStatus) => void): () => void;
  /** Calls the listener when another server took over: what the old one still owed is lost. */
  onTakeover(listener: () => void): void;
  /** Replaces connections that no longer answer. */
  watch(): void;
  /** Names the connection to where a key lies: another one after each reconnect. */
  lifeOf(key: string): unknown;
  /** How many copies besides the first hold all that was written so far under this key. */
  copies(key: string, wanted: number, waitMs: number): Promise<number>;
}
