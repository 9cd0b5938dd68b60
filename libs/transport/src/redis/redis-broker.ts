import type { Redis, RedisOptions } from 'ioredis';
import { keyNames } from '../broker/key-names.js';
import type { KeyNames } from '../broker/key-names.js';
import { Listeners } from '../broker/listeners.js';
import type { ChannelListener } from '../broker/listeners.js';
import type {
  BrokerHealth,
  BrokerPort,
  BrokerStatus,
  ConsumerPort,
  ConsumerSpec,
  EnqueueAnswer,
  Entry,
  Frame,
  Queue,
  Unsubscribe,
} from '../broker/port.js';
import { idSource } from '../protocol/ids.js';
import { withCommands } from './commands.js';
import type { TransportCommands } from './commands.js';
import { forCommands, forReading, makeConnection, whenReady } from './connections.js';
import type { RedisAddress } from './connections.js';
import { Denials } from './denials.js';
import type { DeniedListener } from './denials.js';
import { RedisConsumer } from './redis-consumer.js';
import { answers, quit, replaceWhenDead, silence, statusOf, watchMs } from './connection-state.js';

export type RedisBrokerOptions = RedisAddress & {
  /** First part of every key. */
  readonly prefix?: string;
  /** The service it is opened for: begins the names of keys that it alone writes. */
  readonly service?: string;
  /** Is told each time the access list of Redis refuses something. */
  readonly onDenied?: DeniedListener;
  /** How long `connect()` tries before it fails. */
  readonly connectMs?: number;
  /** A replica silent for this long is not counted by senders. */
  readonly deadAfterMs?: number;
};

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadEventsMax = 100_000;
const healthMs = 1_000;

/**
 * Redis 7.0 or later as a broker. Three connections at most with one server on it: commands,
 * inbox and broadcasts, and one blocking read per `consumer`.
 */
export class RedisBroker implements BrokerPort {
  readonly kind = 'redis';
  readonly #options: RedisBrokerOptions;
  readonly #keys: KeyNames;
  readonly #denials: Denials;
  readonly #producer: string;
  /** The name of every connection of this broker in `CLIENT LIST`. */
  readonly connectionName: string;
  readonly #commands: Redis & TransportCommands;
  readonly #subscriber: Redis;
  readonly #readers = new Set<Redis>();
  readonly #channels = new Listeners<ChannelListener>();
  #batch = 0;
  #connecting: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisBrokerOptions) {
    this.#options = options;
    this.#keys = keyNames(options.prefix);
    this.#denials = new Denials(options.onDenied);
    const id = idSource()();
    this.#producer = options.service === undefined ? id : `${options.service}.${id}`;
    this.connectionName = `transport-${this.#producer}`;
    this.#commands = withCommands(this.#connection(forCommands));
    this.#subscriber = this.#connection(forCommands);
    for (const redis of [this.#commands, this.#subscriber]) silence(redis);
    this.#subscriber.on('message', (channel: string, text: string) => {
      for (const listener of this.#channels.of(channel)) listener.onText(text);
    });
  }

  connect(): Promise<void> {
    this.#connecting ??= this.#open().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#watch);
    await Promise.all([quit(this.#commands), quit(this.#subscriber)]);
    for (const reader of this.#readers) reader.disconnect();
  }

  destroy(): void {
    this.#isClosed = true;
    clearInterval(this.#watch);
    for (const redis of [this.#commands, this.#subscriber, ...this.#readers]) redis.disconnect();
  }

  async health(): Promise<BrokerHealth> {
    const { status } = this.#commands;
    if (status !== 'ready') return { up: false, detail: `Redis connection is ${status}` };
    const startedAt = Date.now();
    const isUp = await answers(this.#commands, healthMs);
    if (!isUp) return { up: false, detail: `Redis did not answer within ${healthMs} ms` };
    return { up: true, detail: `Redis answered in ${Date.now() - startedAt} ms` };
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    const redis = this.#commands;
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

  async enqueue(
    service: string,
    entries: readonly Entry[],
    queueMax: number,
  ): Promise<EnqueueAnswer> {
    const queue: Queue = { kind: 'requests', name: service };
    const work = this.#commands.nxEnqueue(
      this.#keys.stream(queue),
      this.#keys.presence(queue, service),
      this.#keys.sent(queue, this.#producer),
      this.#nextBatch(),
      this.#options.deadAfterMs ?? 3_000,
      queueMax,
      ...entries.flatMap(({ header, body }) => [header, body]),
    );
    const accepted = await this.#denials.watch(`send requests to '${service}'`, work);
    if (accepted < 0) return { accepted: 0, refused: 'NO_CONSUMER' };
    return accepted < entries.length ? { accepted, refused: 'OVERLOADED' } : { accepted };
  }

  async emit(topic: string, entries: readonly Entry[]): Promise<void> {
    const queue: Queue = { kind: 'events', name: topic };
    const work = this.#commands.nxEmit(
      this.#keys.stream(queue),
      this.#keys.sent(queue, this.#producer),
      this.#nextBatch(),
      unreadEventsMax,
      ...entries.flatMap(({ header, body }) => [header, body]),
    );
    await this.#denials.watch(`publish events on '${topic}'`, work);
  }

  async consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    const reader = this.#connection(forReading);
    silence(reader);
    this.#readers.add(reader);
    reader.once('end', () => this.#readers.delete(reader));
    await whenReady(reader, this.#connectMs);
    const connections = { commands: this.#commands, reader, denials: this.#denials };
    return new RedisConsumer(spec, this.#keys, connections);
  }

  inboxAddress(service: string, instance: string): string {
    return this.#keys.inbox(service, instance);
  }

  openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
  ): Promise<Unsubscribe> {
    const act = `read the inbox '${address}'`;
    return this.#denials.watch(act, this.#listen(address, { onText: onFrame, onGap }));
  }

  async reply(frames: readonly Frame[]): Promise<void> {
    const publish = ({ inbox, text }: Frame) =>
      this.#denials.watch(`reply to '${inbox}'`, this.#commands.publish(inbox, text));
    await Promise.all(frames.filter(({ inbox }) => this.#keys.isInbox(inbox)).map(publish));
  }

  async broadcast(channel: string, text: string): Promise<void> {
    const work = this.#commands.publish(this.#keys.broadcast(channel), text);
    await this.#denials.watch(`broadcast on '${channel}'`, work);
  }

  onBroadcast(
    channel: string,
    listener: (text: string) => void,
    onGap: () => void = () => {},
  ): Promise<Unsubscribe> {
    const work = this.#listen(this.#keys.broadcast(channel), { onText: listener, onGap });
    return this.#denials.watch(`hear what is broadcast on '${channel}'`, work);
  }

  get #connectMs(): number {
    return this.#options.connectMs ?? 10_000;
  }

  #connection(options: RedisOptions): Redis {
    return makeConnection(this.#options, { ...options, connectionName: this.connectionName });
  }

  /** Its own number per batch lets the scripts know one that was sent before a reconnect. */
  #nextBatch(): number {
    this.#batch += 1;
    return this.#batch;
  }

  async #open(): Promise<void> {
    const connections = [this.#commands, this.#subscriber];
    await Promise.all(connections.map((redis) => whenReady(redis, this.#connectMs)));
    // From the second time on. ioredis has sent the subscriptions again; a ping comes back after.
    this.#subscriber.on('ready', () => {
      void this.#subscriber.ping().then(
        () => this.#tellGap(),
        () => {},
      );
    });
    this.#watch = setInterval(() => {
      for (const redis of connections) void replaceWhenDead(redis);
    }, watchMs);
    this.#watch.unref();
  }

  #tellGap(): void {
    for (const listener of this.#channels.all()) listener.onGap();
  }

  async #listen(channel: string, listener: ChannelListener): Promise<Unsubscribe> {
    await this.connect();
    this.#channels.add(channel, listener);
    try {
      await this.#subscriber.subscribe(channel);
    } catch (error) {
      this.#channels.remove(channel, listener);
      throw error;
    }
    return async () => {
      const isLast = this.#channels.remove(channel, listener);
      if (isLast && !this.#isClosed) await this.#subscriber.unsubscribe(channel);
    };
  }
}
