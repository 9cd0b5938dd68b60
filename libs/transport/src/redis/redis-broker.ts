import { keyNames, type KeyNames } from '../broker/key-names.js';
import type {
  Backlog,
  BrokerHealth,
  BrokerPort,
  BrokerStatus,
  ConsumerPort,
  ConsumerSpec,
  EnqueueAnswer,
  Entry,
  EventEntry,
  Follower,
  FollowSpec,
  Frame,
  KeyedAnswer,
  KeyedEntry,
  ScheduledEntry,
  ScheduleOptions,
  SendOptions,
  Unsubscribe,
} from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { idSource } from '../protocol/ids.js';
import type { RedisAddress } from './addresses.js';
import { asked, epochAt } from './asked.js';
import { CarefulSender } from './careful-sender.js';
import { Channels, type ChannelListener } from './channels.js';
import { watchMs } from './connection-state.js';
import { Denials, type DeniedListener } from './denials.js';
import type { Deployment } from './deployment.js';
import { makeDeployment } from './make-deployment.js';
import { QueueSender } from './queue-sender.js';
import { ReplySender } from './reply-sender.js';
import { RedisReaders } from './redis-readers.js';

/** Where Redis is, and how this broker uses it. */
export type RedisBrokerOptions = RedisAddress & {
  /** First part of every key. Default: nx. */
  readonly prefix?: string;
  /** The service it is opened for: begins the names of keys that it alone writes. */
  readonly service?: string;
  /** Is told each time the access list of Redis refuses something. */
  readonly onDenied?: DeniedListener;
  /** How long `connect()` tries before it fails, milliseconds. Default: 10 s. */
  readonly connectMs?: number;
  /** A replica silent for this long is not counted by senders, milliseconds. Default: 3 s. */
  readonly deadAfterMs?: number;
  /**
   * Copies beside the first server that must have a message before it counts as sent: with one,
   * nothing that was confirmed is lost when a copy takes over. Without, the last writes may be.
   */
  readonly copies?: number;
};

const healthMs = 1_000;

/**
 * Redis 7.0 or later, or Valkey, as a broker: one server, Sentinel, or a Cluster. Three connections
 * at most with one server on it: commands, inbox and broadcasts, and one blocking read per
 * `consumer`. In a Cluster it is one for commands on each node, one for inbox and broadcasts, and
 * one blocking read for each slot that a `consumer` reads.
 */
export class RedisBroker implements BrokerPort {
  /** The kind of server: Redis or Valkey. */
  readonly kind = 'redis';
  readonly #options: RedisBrokerOptions;
  readonly #keys: KeyNames;
  readonly #denials: Denials;
  /** The name of every connection of this broker in `CLIENT LIST`. */
  readonly connectionName: string;
  readonly #deployment: Deployment;
  readonly #careful: CarefulSender;
  readonly #channels: Channels;
  readonly #sender: QueueSender;
  readonly #replies: ReplySender;
  readonly #readers: RedisReaders;
  #connecting: Promise<void> | undefined;
  #watch: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RedisBrokerOptions) {
    this.#options = options;
    this.#keys = keyNames(options.prefix);
    this.#denials = new Denials(options.onDenied);
    const id = idSource()();
    const producer = options.service === undefined ? id : `${options.service}.${id}`;
    this.connectionName = `transport-${producer}`;
    this.#deployment = makeDeployment(options, this.connectionName);
    this.#careful = new CarefulSender(() => makeDeployment(options, this.connectionName));
    this.#channels = new Channels(this.#deployment);
    this.#replies = new ReplySender({
      keys: this.#keys,
      deployment: this.#deployment,
      denials: this.#denials,
    });
    this.#sender = new QueueSender({
      keys: this.#keys,
      denials: this.#denials,
      deployment: this.#deployment,
      careful: this.#careful,
      producer,
      deadAfterMs: options.deadAfterMs ?? 3_000,
      copies: options.copies ?? 0,
    });
    this.#readers = new RedisReaders({
      keys: this.#keys,
      denials: this.#denials,
      deployment: this.#deployment,
      replies: this.#replies,
      connectMs: this.#connectMs,
      listen: (channel, listener) => this.#listen(channel, listener),
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
    this.#end();
    await Promise.all([this.#deployment.close(), this.#careful.close()]);
  }

  destroy(): void {
    this.#end();
    this.#deployment.destroy();
    this.#careful.destroy();
  }

  health(): Promise<BrokerHealth> {
    return this.#deployment.health(healthMs);
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.#deployment.onStatus(listener);
  }

  epoch(): Promise<string> {
    const { commands } = this.#deployment;
    return asked(commands, 'its epoch', () => epochAt(commands, this.#keys.epoch()));
  }

  enqueue(
    service: string,
    entries: readonly Entry[],
    options: SendOptions,
  ): Promise<EnqueueAnswer> {
    return this.#sender.enqueue(service, entries, options);
  }

  enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    options: SendOptions,
  ): Promise<KeyedAnswer[]> {
    return this.#sender.enqueueKeyed(service, entries, options);
  }

  emit(topic: string, entries: readonly EventEntry[], copies?: number): Promise<void> {
    return this.#sender.emit(topic, entries, copies);
  }

  schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    options: ScheduleOptions,
  ): Promise<number> {
    return this.#sender.schedule(topic, entries, options);
  }

  cancelScheduled(topic: string, id: string): Promise<boolean> {
    return this.#sender.cancelScheduled(topic, id);
  }

  async finishedUntil(topic: string, group: string): Promise<number | undefined> {
    const stream = this.#keys.stream({ kind: 'events', name: topic });
    const { commands } = this.#deployment;
    const until = await asked(commands, `the progress of '${group}'`, () => {
      const work = commands.nxFinished(stream, group);
      return this.#denials.watch(`see how far '${group}' is on '${topic}'`, work);
    });
    return until < 0 ? undefined : until;
  }

  consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    return this.#readers.consumer(spec);
  }

  async follow(spec: FollowSpec): Promise<readonly Follower[]> {
    await this.connect();
    return this.#readers.follow(spec);
  }

  backlog(queue: Queue, group: string): Promise<Backlog> {
    return this.#readers.backlog(queue, group);
  }

  inboxAddress(service: string, instance: string): string {
    return this.#replies.bodies.inboxAddress(service, instance);
  }

  openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
    onAway: () => void = () => {},
  ): Promise<Unsubscribe> {
    const act = `read the inbox '${address}'`;
    const inbox = this.#replies.bodies.inbox(address, onFrame);
    const onText = (text: string) => inbox.hear(text);
    return this.#denials.watch(act, this.#listen(address, { onText, onGap, onAway }));
  }

  async reply(queue: Queue, frames: readonly Frame[]): Promise<void> {
    await this.#replies.send(this.#keys.stream(queue), frames);
  }

  async broadcast(channel: string, text: string): Promise<void> {
    const work = this.#deployment.commands.publish(this.#keys.broadcast(channel), text);
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

  async #open(): Promise<void> {
    await this.#deployment.connect(this.#connectMs);
    this.#channels.watchGaps();
    this.#watch = setInterval(() => {
      this.#deployment.watch();
      this.#careful.watch();
    }, watchMs);
    this.#watch.unref();
  }

  async #listen(channel: string, listener: ChannelListener): Promise<Unsubscribe> {
    await this.connect();
    return this.#channels.listen(channel, listener);
  }

  #end(): void {
    this.#isClosed = true;
    this.#readers.close();
    clearInterval(this.#watch);
    this.#channels.close();
  }
}
