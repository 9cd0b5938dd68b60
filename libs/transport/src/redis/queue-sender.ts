import type { KeyNames } from '../broker/key-names.js';
import {
  queueKey,
  type EnqueueAnswer,
  type Entry,
  type KeyedAnswer,
  type KeyedEntry,
  type Queue,
  type SendOptions,
} from '../broker/port.js';
import type { CarefulSender } from './careful-sender.js';
import type { Denials } from './denials.js';
import type { Deployment } from './deployment.js';
import { EventFormats } from './event-formats.js';
import { askKeyed } from './keyed-requests.js';

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadEventsMax = 100_000;

export interface QueueSenderParts {
  readonly keys: KeyNames;
  readonly denials: Denials;
  readonly deployment: Deployment;
  readonly careful: CarefulSender;
  /** Its name in the keys that remember what it sent. */
  readonly producer: string;
  readonly deadAfterMs: number;
  /** Copies that everything must have at least. */
  readonly copies: number;
}

/** What a broker adds to queues: requests with and without keys, and events. */
export class QueueSender {
  readonly #parts: QueueSenderParts;
  readonly #formats: EventFormats;
  readonly #batches = new Map<string, number>();

  constructor(parts: QueueSenderParts) {
    this.#parts = parts;
    this.#formats = new EventFormats((stream) => parts.deployment.commands.nxFormat(stream));
  }

  async enqueue(
    service: string,
    entries: readonly Entry[],
    { queueMax, copies }: SendOptions,
  ): Promise<EnqueueAnswer> {
    const queue: Queue = { kind: 'requests', name: service };
    const { keys, denials, producer, deadAfterMs } = this.#parts;
    const all = [
      keys.stream(queue),
      keys.presence(queue, service),
      keys.sent(queue, producer),
      this.#nextBatch(queue),
      deadAfterMs,
      queueMax,
      ...textsOf(entries),
    ];
    const work = this.#send(queue, copies, (commands) => commands.nxEnqueue(...all));
    const accepted = await denials.watch(`send requests to '${service}'`, work);
    if (accepted < 0) return { accepted: 0, refused: 'NO_CONSUMER' };
    return accepted < entries.length ? { accepted, refused: 'OVERLOADED' } : { accepted };
  }

  async enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    { queueMax, copies }: SendOptions,
  ): Promise<KeyedAnswer[]> {
    const queue: Queue = { kind: 'requests', name: service };
    const { keys, denials, producer, deadAfterMs } = this.#parts;
    const asking = { service, producer, batch: this.#nextBatch(queue), deadAfterMs, queueMax };
    const work = this.#send(queue, copies, (commands) => askKeyed(commands, keys, asking, entries));
    return denials.watch(`send requests to '${service}'`, work);
  }

  async emit(topic: string, entries: readonly Entry[], copies?: number): Promise<void> {
    const work = this.#emit({ kind: 'events', name: topic }, entries, copies);
    await this.#parts.denials.watch(`publish events on '${topic}'`, work);
  }

  async #emit(queue: Queue, entries: readonly Entry[], copies?: number): Promise<void> {
    const { keys, producer } = this.#parts;
    const stream = keys.stream(queue);
    const readable = await this.#formats.readable(stream, queue.name, entries);
    const all = [
      stream,
      keys.sent(queue, producer),
      this.#nextBatch(queue),
      unreadEventsMax,
      ...textsOf(readable),
    ];
    await this.#send(queue, copies, (commands) => commands.nxEmit(...all));
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

  /** Sends to a queue, and waits for copies where the call or this broker wants them. */
  #send<Answer>(
    queue: Queue,
    copies: number | undefined,
    act: (commands: Deployment['commands']) => Promise<Answer>,
  ): Promise<Answer> {
    const { keys, deployment, careful } = this.#parts;
    const wanted = Math.max(copies ?? 0, this.#parts.copies);
    if (wanted === 0) return act(deployment.commands);
    return careful.send(keys.stream(queue), wanted, act);
  }
}

/** Header and body of each, one after the other. */
function textsOf(entries: readonly Entry[]): string[] {
  const texts: string[] = [];
  for (const { header, body } of entries) texts.push(header, body);
  return texts;
}
