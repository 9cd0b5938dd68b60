import { keyNames } from '../broker/key-names.js';
import type { ChannelListener } from '../broker/listeners.js';
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
import { requestsOf, type Queue } from '../broker/queue.js';
import { TransportError } from '../errors.js';
import { MemoryConsumer } from './memory-consumer.js';
import { MemoryFollower } from './memory-follower.js';
import { MemoryHub } from './memory-hub.js';

/** What a broker inside the process is made with. */
export interface MemoryBrokerOptions {
  /** Share one to let several brokers talk to each other, as several processes would. */
  readonly hub?: MemoryHub;
  /** A replica silent for this long is not counted by senders, milliseconds. Default: 3 s. */
  readonly deadAfterMs?: number;
}

/** A broker inside this process: the same promises, except that they end with the process. */
export class MemoryBroker implements BrokerPort {
  /** The kind of server: none. */
  readonly kind = 'memory';
  /** What stands in for the server. */
  readonly hub: MemoryHub;
  readonly #deadAfterMs: number;
  readonly #keys = keyNames();
  readonly #consumers = new Set<MemoryConsumer>();
  readonly #followers = new Set<MemoryFollower>();
  readonly #channels = new Map<ChannelListener, string>();
  readonly #statusListeners = new Set<(status: BrokerStatus) => void>();
  #status: BrokerStatus = 'disconnected';
  #isClosed = false;

  constructor({ hub = new MemoryHub(), deadAfterMs = 3_000 }: MemoryBrokerOptions = {}) {
    this.hub = hub;
    this.#deadAfterMs = deadAfterMs;
  }

  async connect(): Promise<void> {
    this.#mustBeOpen();
    this.#tell('connected');
  }

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const consumer of this.#consumers) consumer.kill();
    for (const follower of this.#followers) follower.close();
    for (const [listener, channel] of this.#channels) this.hub.channels.remove(channel, listener);
    this.#channels.clear();
    this.#tell('disconnected');
  }

  async health(): Promise<BrokerHealth> {
    return { up: !this.#isClosed, detail: this.#isClosed ? 'closed' : 'in this process' };
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    this.#statusListeners.add(listener);
    listener(this.#status);
    return () => this.#statusListeners.delete(listener);
  }

  async epoch(): Promise<string> {
    this.#mustBeOpen();
    return this.hub.epoch;
  }

  async enqueue(
    service: string,
    entries: readonly Entry[],
    { queueMax, priority }: SendOptions,
  ): Promise<EnqueueAnswer> {
    this.#mustBeOpen();
    const { time } = this.hub;
    const queue = this.hub.queue(requestsOf(service, priority));
    if (!queue.hasServing(service, time.now(), this.#deadAfterMs)) {
      return { accepted: 0, refused: 'NO_CONSUMER' };
    }
    const accepted = Math.max(0, Math.min(entries.length, queueMax - queue.size));
    for (const entry of entries.slice(0, accepted)) queue.add(entry, time.now());
    this.hub.added();
    return accepted < entries.length ? { accepted, refused: 'OVERLOADED' } : { accepted };
  }

  async enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    { queueMax, priority }: SendOptions,
  ): Promise<KeyedAnswer[]> {
    this.#mustBeOpen();
    const now = this.hub.time.now();
    const queue = this.hub.queue(requestsOf(service, priority));
    const isServed = queue.hasServing(service, now, this.#deadAfterMs);
    const answers = entries.map((entry) => queue.ask(entry, now, { isServed, max: queueMax }));
    this.hub.added();
    return answers;
  }

  async emit(topic: string, entries: readonly EventEntry[]): Promise<void> {
    this.#mustBeOpen();
    const queue: Queue = { kind: 'events', name: topic };
    for (const entry of entries) this.hub.queue(queue).add(entry, this.hub.time.now());
    this.hub.added();
  }

  async schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    { waitingMax }: ScheduleOptions,
  ): Promise<number> {
    this.#mustBeOpen();
    const { schedule } = this.hub.queue({ kind: 'events', name: topic });
    const kept = schedule.keep(entries, this.hub.time.now(), waitingMax);
    this.hub.tellScheduled();
    return kept;
  }

  async cancelScheduled(topic: string, id: string): Promise<boolean> {
    this.#mustBeOpen();
    return this.hub.queue({ kind: 'events', name: topic }).schedule.cancel(id);
  }

  async finishedUntil(topic: string, group: string): Promise<number | undefined> {
    this.#mustBeOpen();
    return this.hub
      .queue({ kind: 'events', name: topic })
      .finishedUntil(group, this.hub.time.now());
  }

  async consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    this.#mustBeOpen();
    const consumer = new MemoryConsumer(this.hub, spec);
    this.#consumers.add(consumer);
    return consumer;
  }

  async follow(spec: FollowSpec): Promise<readonly Follower[]> {
    this.#mustBeOpen();
    const follower = new MemoryFollower(this.hub, spec);
    this.#followers.add(follower);
    return [follower];
  }

  async backlog(queue: Queue, group: string): Promise<Backlog> {
    return this.hub.queue(queue).backlog(group);
  }

  inboxAddress(service: string, instance: string): string {
    return this.#keys.inbox(service, instance);
  }

  async openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
  ): Promise<Unsubscribe> {
    return this.#listen(address, { onText: onFrame, onGap });
  }

  async reply(_queue: Queue, frames: readonly Frame[]): Promise<void> {
    this.#mustBeOpen();
    this.hub.reply(frames);
  }

  async broadcast(channel: string, text: string): Promise<void> {
    this.#mustBeOpen();
    this.hub.publish(this.#keys.broadcast(channel), text);
  }

  async onBroadcast(
    channel: string,
    listener: (text: string) => void,
    onGap: () => void = () => {},
  ): Promise<Unsubscribe> {
    return this.#listen(this.#keys.broadcast(channel), { onText: listener, onGap });
  }

  /** Makes this broker lose its connection for a moment, for tests of whoever uses it. */
  interruptConnection(): void {
    this.#tell('reconnecting');
    for (const listener of this.#channels.keys()) listener.onGap();
    this.#tell('connected');
  }

  #listen(channel: string, listener: ChannelListener): Unsubscribe {
    this.#mustBeOpen();
    this.#channels.set(listener, channel);
    this.hub.channels.add(channel, listener);
    return async () => {
      this.#channels.delete(listener);
      this.hub.channels.remove(channel, listener);
    };
  }

  #tell(status: BrokerStatus): void {
    if (this.#status === status) return;
    this.#status = status;
    for (const listener of this.#statusListeners) listener(status);
  }

  #mustBeOpen(): void {
    if (this.#isClosed) throw new TransportError('DISCONNECTED', 'the broker is closed');
  }
}
