import { keyNames, type KeyNames } from '../broker/key-names.js';
import {
  queueKey,
  type Backlog,
  type BrokerHealth,
  type BrokerPort,
  type BrokerStatus,
  type ConsumerPort,
  type ConsumerSpec,
  type EnqueueAnswer,
  type Entry,
  type Frame,
  type KeyedAnswer,
  type KeyedEntry,
  type Queue,
  type SendOptions,
  type Unsubscribe,
} from '../broker/port.js';
import type { ChannelListener } from '../broker/listeners.js';
import { idSource } from '../protocol/ids.js';
import type { RedisAddress } from './addresses.js';
import { asked, epochAt } from './asked.js';
import { CarefulSender } from './careful-sender.js';
import { Channels } from './channels.js';
import { watchMs } from './connection-state.js';
import { EventFormats } from './event-formats.js';
import { Denials, type DeniedListener } from './denials.js';
import type { Deployment } from './deployment.js';
import { named } from './group-queue.js';
import { askKeyed } from './keyed-requests.js';
import { makeDeployment } from './make-deployment.js';
import { RedisConsumer } from './redis-consumer.js';

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
  /**
   * Copies beside the first server that must have a message before it counts as sent: with one,
   * nothing that was confirmed is lost when a copy takes over. Without, the last writes may be.
   */
  readonly copies?: number;
};

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadEventsMax = 100_000;
const healthMs = 1_000;

/**
 * Redis 7.0 or later, or Valkey, as a broker: one server, Sentinel, or a Cluster. Three connections
 * at most with one server on it: commands, inbox and broadcasts, and one blocking read per
 * `consumer`. In a Cluster it is one for commands on each node, one for inbox and broadcasts, and
 * one blocking read for each slot that a `consumer` reads.
 */
export class RedisBroker implements BrokerPort {
  readonly kind = 'redis';
  readonly #options: RedisBrokerOptions;
  readonly #keys: KeyNames;
  readonly #denials: Denials;
  readonly #producer: string;
  /** The name of every connection of this broker in `CLIENT LIST`. */
  readonly connectionName: string;
  readonly #deployment: Deployment;
  readonly #careful: CarefulSender;
  readonly #channels: Channels;
  readonly #formats: EventFormats;
  readonly #batches = new Map<string, number>();
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
    this.#deployment = makeDeployment(options, this.connectionName);
    this.#careful = new CarefulSender(() => makeDeployment(options, this.connectionName));
    this.#channels = new Channels(this.#deployment);
    this.#formats = new EventFormats((stream) => this.#deployment.commands.nxFormat(stream));
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

  async enqueue(
    service: string,
    entries: readonly Entry[],
    { queueMax, copies }: SendOptions,
  ): Promise<EnqueueAnswer> {
    const queue: Queue = { kind: 'requests', name: service };
    const all = [
      this.#keys.stream(queue),
      this.#keys.presence(queue, service),
      this.#keys.sent(queue, this.#producer),
      this.#nextBatch(queue),
      this.#options.deadAfterMs ?? 3_000,
      queueMax,
      ...entries.flatMap(({ header, body }) => [header, body]),
    ];
    const work = this.#send(queue, copies, (commands) => commands.nxEnqueue(...all));
    const accepted = await this.#denials.watch(`send requests to '${service}'`, work);
    if (accepted < 0) return { accepted: 0, refused: 'NO_CONSUMER' };
    return accepted < entries.length ? { accepted, refused: 'OVERLOADED' } : { accepted };
  }

  async enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    { queueMax, copies }: SendOptions,
  ): Promise<KeyedAnswer[]> {
    const queue: Queue = { kind: 'requests', name: service };
    const asking = {
      service,
      producer: this.#producer,
      batch: this.#nextBatch(queue),
      deadAfterMs: this.#options.deadAfterMs ?? 3_000,
      queueMax,
    };
    const work = this.#send(queue, copies, (commands) => {
      return askKeyed(commands, this.#keys, asking, entries);
    });
    return this.#denials.watch(`send requests to '${service}'`, work);
  }

  async emit(topic: string, entries: readonly Entry[], copies?: number): Promise<void> {
    const work = this.#emit({ kind: 'events', name: topic }, entries, copies);
    await this.#denials.watch(`publish events on '${topic}'`, work);
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

  async consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    const parts = { deployment: this.#deployment, denials: this.#denials };
    const consumer = new RedisConsumer(spec, this.#keys, parts);
    await consumer.connect(this.#connectMs);
    const { onWork, queues, group } = spec;
    if (onWork && queues.length > 0) {
      const work = this.#listen(this.#keys.work(group), { onText: onWork, onGap: onWork });
      await this.#denials.watch(`read ${queues.map(named).join(', ')}`, work);
    }
    return consumer;
  }

  async backlog(queue: Queue, group: string): Promise<Backlog> {
    const keys = [this.#keys.stream(queue), this.#keys.deadLetters(queue)];
    const work = this.#deployment.commands.nxBacklog(...keys, group, queue.kind);
    const answer = await this.#denials.watch(`count ${named(queue)}`, work);
    const [waiting, unfinished, oldestAt, deadLetters] = answer;
    return { waiting, unfinished, oldestAt: oldestAt || undefined, deadLetters };
  }

  inboxAddress(service: string, instance: string): string {
    return this.#keys.inbox(service, instance);
  }

  openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
    onAway: () => void = () => {},
  ): Promise<Unsubscribe> {
    const act = `read the inbox '${address}'`;
    return this.#denials.watch(act, this.#listen(address, { onText: onFrame, onGap, onAway }));
  }

  async reply(queue: Queue, frames: readonly Frame[]): Promise<void> {
    const stream = this.#keys.stream(queue);
    const publish = ({ inbox, text }: Frame) => {
      const work = this.#deployment.publishFrom(stream, inbox, text);
      return this.#denials.watch(`reply to '${inbox}'`, work);
    };
    await Promise.all(frames.filter(({ inbox }) => this.#keys.isInbox(inbox)).map(publish));
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

  /**
   * Its own number per batch lets the scripts know one that was sent before a reconnect. Each queue
   * counts by itself, so that the last ones a server keeps of it are as many as can be unanswered.
   */
  #nextBatch(queue: Queue): number {
    const key = queueKey(queue);
    const batch = (this.#batches.get(key) ?? 0) + 1;
    this.#batches.set(key, batch);
    return batch;
  }

  async #emit(queue: Queue, entries: readonly Entry[], copies?: number): Promise<void> {
    const stream = this.#keys.stream(queue);
    const readable = await this.#formats.readable(stream, queue.name, entries);
    const all = [
      stream,
      this.#keys.sent(queue, this.#producer),
      this.#nextBatch(queue),
      unreadEventsMax,
      ...readable.flatMap(({ header, body }) => [header, body]),
    ];
    await this.#send(queue, copies, (commands) => commands.nxEmit(...all));
  }

  /** Sends to a queue, and waits for copies where the call or this broker wants them. */
  #send<Answer>(
    queue: Queue,
    copies: number | undefined,
    act: (commands: Deployment['commands']) => Promise<Answer>,
  ): Promise<Answer> {
    const wanted = Math.max(copies ?? 0, this.#options.copies ?? 0);
    if (wanted === 0) return act(this.#deployment.commands);
    return this.#careful.send(this.#keys.stream(queue), wanted, act);
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
    clearInterval(this.#watch);
    this.#channels.close();
  }
}
