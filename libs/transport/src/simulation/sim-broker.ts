import { keyNames } from '../broker/key-names.js';
import { Listeners, type ChannelListener } from '../broker/listeners.js';
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
  Frame,
  KeyedAnswer,
  KeyedEntry,
  ScheduledEntry,
  ScheduleOptions,
  SendOptions,
  Unsubscribe,
} from '../broker/port.js';
import { queueKey, requestsOf, type Queue } from '../broker/queue.js';
import { Link } from './link.js';
import type { RedisData, RedisModel } from './redis-model.js';
import { SimConsumer, workChannel } from './sim-consumer.js';
import type { SimProcess } from './sim-process.js';
import type { World } from './world.js';

const keys = keyNames();
export const deadAfterMs = 3_000;
/** As many batches of a producer as the server remembers. */
const sentSlots = 128;

/** A broker of one process on the model of Redis: it does what `RedisBroker` and its scripts do. */
export class SimBroker implements BrokerPort {
  readonly kind = 'redis';
  readonly #world: World;
  readonly #redis: RedisModel;
  readonly #process: SimProcess;
  readonly #commands: Link;
  readonly #subscriber: Link;
  readonly #channels = new Listeners<ChannelListener>();
  readonly #statusListeners = new Set<(status: BrokerStatus) => void>();
  readonly links: Link[];
  #batch = 0;
  #epochs = 0;
  #isClosed = false;

  constructor(world: World, redis: RedisModel, process: SimProcess) {
    this.#world = world;
    this.#redis = redis;
    this.#process = process;
    this.#commands = new Link(world, redis, process, {
      resends: true,
      onLost: () => this.#tell('reconnecting'),
      onReady: () => this.#tell('connected'),
    });
    this.#subscriber = new Link(world, redis, process, {
      resends: true,
      onLost: () => {
        for (const listener of this.#channels.all()) listener.onAway?.();
      },
      onReady: () => this.#resubscribe(),
    });
    this.links = [this.#commands, this.#subscriber];
  }

  async connect(): Promise<void> {}

  async close(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const link of this.links) link.close();
    this.#tell('disconnected');
  }

  async health(): Promise<BrokerHealth> {
    return { up: this.#commands.isUp, detail: 'simulated' };
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    this.#statusListeners.add(listener);
    listener(this.#commands.isUp ? 'connected' : 'reconnecting');
    return () => this.#statusListeners.delete(listener);
  }

  epoch(): Promise<string> {
    const offered = `${this.#process.name} ${(this.#epochs += 1)}`;
    return this.#change('epoch', [], (data) => data.epochOr(offered));
  }

  enqueue(
    service: string,
    entries: readonly Entry[],
    { queueMax, priority }: SendOptions,
  ): Promise<EnqueueAnswer> {
    const queue = requestsOf(service, priority);
    const batch = this.#nextBatch<EnqueueAnswer>(queue);
    return this.#change(`enqueue ${entries.length} for ${service}`, entries, (data, now) => {
      const earlier = batch.earlier(data);
      if (earlier) return earlier;
      const target = data.queue(queue);
      if (!target.hasServing(service, now, deadAfterMs)) {
        return { accepted: 0, refused: 'NO_CONSUMER' };
      }
      const accepted = Math.max(0, Math.min(entries.length, queueMax - target.size));
      for (const entry of entries.slice(0, accepted)) target.add(entry, now);
      const isFull = accepted < entries.length;
      return batch.keep(data, isFull ? { accepted, refused: 'OVERLOADED' } : { accepted });
    });
  }

  enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    { queueMax, priority }: SendOptions,
  ): Promise<KeyedAnswer[]> {
    const queue = requestsOf(service, priority);
    const batch = this.#nextBatch<KeyedAnswer[]>(queue);
    if (this.#world.mutation === 'key-apart') return this.#askInTwoSteps(queue, entries);
    return this.#change(`ask ${entries.length} of ${service}`, entries, (data, now) => {
      const target = data.queue(queue);
      const isServed = target.hasServing(service, now, deadAfterMs);
      const earlier = batch.earlier(data);
      const answers = entries.map((entry, n) => {
        const before = earlier?.[n];
        if (before && wasNotQueued(before)) return before;
        const isAgain = before && entry.whenUnknown === 'new';
        const asked = isAgain ? { ...entry, whenUnknown: 'refuse' as const } : entry;
        return target.ask(asked, now, { isServed, max: queueMax });
      });
      return earlier ? answers : batch.keep(data, answers);
    });
  }

  /** As if a driver had no scripts: it looks, adds, and notes the key with the next command. */
  async #askInTwoSteps(queue: Queue, entries: readonly KeyedEntry[]): Promise<KeyedAnswer[]> {
    const { name } = queue;
    const answers = await this.#change(`ask ${entries.length} of ${name}`, entries, (data, now) => {
      return entries.map((entry) => {
        const known = data.queue(queue).records.ask(entry, now);
        if (known === 'new') data.queue(queue).add(entry, now);
        return known;
      });
    });
    await this.#change('note keys', [], (data, now) => {
      for (const [n, entry] of entries.entries()) {
        if (answers[n] === 'new') data.queue(queue).records.begin(entry, now);
      }
    });
    return answers.map((answer) => (answer === 'new' ? { kind: 'queued' } : answer));
  }

  async emit(topic: string, entries: readonly EventEntry[]): Promise<void> {
    const queue: Queue = { kind: 'events', name: topic };
    const batch = this.#nextBatch<true>(queue);
    await this.#change(`emit ${entries.length} on ${topic}`, entries, (data, now) => {
      if (batch.earlier(data)) return;
      for (const entry of entries) data.queue(queue).add(entry, now);
      this.#world.journal.emitted(topic, entries);
      batch.keep(data, true);
    });
  }

  schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    { waitingMax }: ScheduleOptions,
  ): Promise<number> {
    const queue: Queue = { kind: 'events', name: topic };
    const batch = this.#nextBatch<number>(queue);
    return this.#change(`schedule ${entries.length} on ${topic}`, entries, (data, now) => {
      const earlier = batch.earlier(data);
      if (earlier !== undefined) return earlier;
      return batch.keep(data, data.queue(queue).schedule.keep(entries, now, waitingMax));
    });
  }

  cancelScheduled(topic: string, id: string): Promise<boolean> {
    const queue: Queue = { kind: 'events', name: topic };
    const batch = this.#nextBatch<boolean>(queue);
    return this.#change(`call off ${id}`, [], (data) => {
      const earlier = batch.earlier(data);
      return earlier ?? batch.keep(data, data.queue(queue).schedule.cancel(id));
    });
  }

  finishedUntil(topic: string, group: string): Promise<number | undefined> {
    const queue: Queue = { kind: 'events', name: topic };
    return this.#change(`how far ${group} is`, [], (data, now) => {
      return data.queue(queue).finishedUntil(group, now);
    });
  }

  async consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    const consumer = new SimConsumer(
      this.#world,
      this.#redis,
      { process: this.#process, commands: this.#commands },
      spec,
    );
    this.links.push(consumer.reader);
    const { group, onWork } = spec;
    if (onWork) await this.#listen(workChannel(group), { onText: onWork, onGap: onWork });
    return consumer;
  }

  follow(): Promise<readonly Follower[]> {
    return Promise.reject(new Error('no service of the simulation follows a topic'));
  }

  async backlog(queue: Queue, group: string): Promise<Backlog> {
    return this.#change('backlog', [], (data) => data.queue(queue).backlog(group));
  }

  inboxAddress(service: string, instance: string): string {
    return keys.inbox(service, instance);
  }

  openInbox(
    address: string,
    onFrame: (text: string) => void,
    onGap: () => void,
    onAway: () => void = () => {},
  ): Promise<Unsubscribe> {
    return this.#listen(address, { onText: onFrame, onGap, onAway });
  }

  async reply(_queue: Queue, frames: readonly Frame[]): Promise<void> {
    await Promise.all(frames.map(({ inbox, text }) => this.#publish(inbox, text)));
  }

  async broadcast(channel: string, text: string): Promise<void> {
    await this.#publish(keys.broadcast(channel), text);
  }

  onBroadcast(
    channel: string,
    listener: (text: string) => void,
    onGap: () => void = () => {},
  ): Promise<Unsubscribe> {
    return this.#listen(keys.broadcast(channel), { onText: listener, onGap });
  }

  /** One numbered batch: what it does is done once, and answered the same when it is sent again. */
  #nextBatch<Answer>(queue: Queue) {
    const number = (this.#batch += 1);
    const slot = number % sentSlots;
    const producer = `${queueKey(queue)} ${this.#process.name}`;
    const isForgetful = this.#world.mutation === 'no-batch-numbers';
    return {
      earlier: (data: RedisData): Answer | undefined => {
        const sent = data.sent(producer).get(slot);
        return sent?.number === number && !isForgetful ? (sent.answer as Answer) : undefined;
      },
      keep: (data: RedisData, answer: Answer): Answer => {
        data.sent(producer).set(slot, { number, answer });
        return answer;
      },
    };
  }

  #change<Answer>(
    name: string,
    entries: readonly Entry[],
    write: (data: RedisData, now: number) => Answer,
  ): Promise<Answer> {
    return this.#commands.call(name, (answer) => answer(this.#redis.write(write, entries)));
  }

  #publish(channel: string, text: string): Promise<void> {
    return this.#commands.call('publish', (answer) => {
      this.#redis.publish(channel, text);
      answer(undefined);
    });
  }

  async #listen(channel: string, listener: ChannelListener): Promise<Unsubscribe> {
    if (this.#channels.add(channel, listener)) await this.#subscribe(channel);
    return async () => {
      if (!this.#channels.remove(channel, listener)) return;
      if (!this.#isClosed) this.#redis.unsubscribe(channel, this.#subscriber);
    };
  }

  #subscribe(channel: string): Promise<void> {
    return this.#subscriber.call(`subscribe ${channel}`, (answer) => {
      this.#redis.subscribe(channel, {
        link: this.#subscriber,
        epoch: this.#subscriber.epoch,
        onText: (text) => {
          for (const listener of this.#channels.of(channel)) listener.onText(text);
        },
      });
      answer(undefined);
    });
  }

  #resubscribe(): void {
    const again = [...this.#channels.channels()].map((channel) => this.#subscribe(channel));
    void Promise.all(again).then(
      () => {
        if (this.#world.mutation === 'no-resend') return;
        for (const listener of this.#channels.all()) listener.onGap();
      },
      () => {},
    );
  }

  #tell(status: BrokerStatus): void {
    for (const listener of this.#statusListeners) listener(status);
  }
}

function wasNotQueued(answer: KeyedAnswer): boolean {
  if (answer.kind !== 'refused') return false;
  return answer.reason === 'NO_CONSUMER' || answer.reason === 'OVERLOADED';
}
