import type { KeyNames } from '../broker/key-names.js';
import {
  queueKey,
  type EnqueueAnswer,
  type Entry,
  type EventEntry,
  type KeyedAnswer,
  type KeyedEntry,
  type Queue,
  type SendOptions,
} from '../broker/port.js';
import type { CarefulSender } from './careful-sender.js';
import type { Denials } from './denials.js';
import { ApartBodies, hasLarge, type ApartEntry } from './apart-bodies.js';
import type { CommandConnection } from './commands.js';
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
  readonly #bodies: ApartBodies;
  readonly #batches = new Map<string, number>();

  constructor(parts: QueueSenderParts) {
    this.#parts = parts;
    this.#bodies = new ApartBodies(parts.keys, parts.producer);
    this.#formats = new EventFormats((stream) => parts.deployment.commands.nxFormat(stream));
  }

  async enqueue(
    service: string,
    entries: readonly Entry[],
    { queueMax, copies }: SendOptions,
  ): Promise<EnqueueAnswer> {
    const queue: Queue = { kind: 'requests', name: service };
    const { keys, denials, producer, deadAfterMs } = this.#parts;
    const batch = this.#nextBatch(queue);
    const first = [keys.stream(queue), keys.presence(queue, service), keys.sent(queue, producer)];
    const call = (commands: CommandConnection, sent: readonly Entry[]) => {
      return commands.nxEnqueue(...first, batch, deadAfterMs, queueMax, ...textsOf(sent));
    };
    const work = this.#send(queue, copies, this.#withBodies({ queue, batch }, entries, call));
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
    const batch = this.#nextBatch(queue);
    const asking = { service, producer, batch, deadAfterMs, queueMax };
    const call = (commands: CommandConnection, sent: readonly KeyedEntry[]) =>
      askKeyed(commands, keys, asking, sent);
    const work = this.#send(queue, copies, this.#withBodies({ queue, batch }, entries, call));
    return denials.watch(`send requests to '${service}'`, work);
  }

  async emit(topic: string, entries: readonly EventEntry[], copies?: number): Promise<void> {
    const work = this.#emit({ kind: 'events', name: topic }, entries, copies);
    await this.#parts.denials.watch(`publish events on '${topic}'`, work);
  }

  async #emit(queue: Queue, entries: readonly EventEntry[], copies?: number): Promise<void> {
    const { keys, producer } = this.#parts;
    const stream = keys.stream(queue);
    const readable = await this.#formats.readable(stream, queue.name, entries);
    const sent = keys.sent(queue, producer);
    const batch = this.#nextBatch(queue);
    const isApart = hasLarge(readable) && (await this.#formats.mayLieApart(stream));
    await this.#send(queue, copies, async (commands) => {
      const put: readonly ApartEntry<EventEntry>[] = isApart
        ? await this.#bodies.put(commands, { queue, batch }, readable)
        : readable;
      const isPlain = !put.some(({ slot, name }) => slot !== undefined || name);
      if (isPlain) {
        return commands.nxEmit(stream, sent, batch, unreadEventsMax, ...textsOf(put));
      }
      const each = put.flatMap(({ header, body, slot = '', name = '' }) => {
        return [header, body, slot, name];
      });
      const first = [stream, sent, keys.last(queue), keys.bodies(queue)];
      const limits = [batch, unreadEventsMax, keys.body(queue)];
      return commands.nxEmitFull(...first, ...limits, ...each);
    });
  }

  /** The call with the entries as they are sent: with references where payloads are large. */
  #withBodies<One extends Entry, Answer>(
    to: { readonly queue: Queue; readonly batch: number },
    entries: readonly One[],
    call: (commands: CommandConnection, entries: readonly One[]) => Promise<Answer>,
  ): (commands: CommandConnection) => Promise<Answer> {
    if (!hasLarge(entries)) return (commands) => call(commands, entries);
    return async (commands) => {
      const { deadAfterMs } = this.#parts;
      const may = await this.#bodies.mayLieApart(commands, to.queue.name, deadAfterMs);
      return call(commands, may ? await this.#bodies.put(commands, to, entries) : entries);
    };
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
    act: (commands: CommandConnection) => Promise<Answer>,
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
