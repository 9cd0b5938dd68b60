import type {
  EnqueueAnswer,
  Entry,
  EventEntry,
  KeyedAnswer,
  KeyedEntry,
  ScheduledEntry,
  ScheduleOptions,
  SendOptions,
} from '../broker/port.js';
import { queueKey, type Queue } from '../broker/queue.js';
import { ApartBodies, hasLarge, type ApartEntry } from './apart-bodies.js';
import type { CommandConnection } from './commands.js';
import { EventFormats } from './event-formats.js';
import { EventScheduler } from './event-scheduler.js';
import { askKeyed } from './keyed-requests.js';
import { LaneChoice, type Fallback } from './lane-choice.js';
import { sending, type SenderParts } from './sending.js';

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadEventsMax = 100_000;

/** What a broker adds to queues: requests with and without keys, and events. */
export class QueueSender {
  readonly #parts: SenderParts;
  readonly #formats: EventFormats;
  readonly #bodies: ApartBodies;
  readonly #lanes = new LaneChoice();
  readonly #scheduler: EventScheduler;
  readonly #batches = new Map<string, number>();

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#bodies = new ApartBodies(parts.keys, parts.producer);
    this.#scheduler = new EventScheduler(parts);
    this.#formats = new EventFormats((stream) => parts.deployment.commands.nxFormat(stream));
  }

  enqueue(
    service: string,
    entries: readonly Entry[],
    options: SendOptions,
  ): Promise<EnqueueAnswer> {
    const asked = { service, priority: options.priority };
    const send = (queue: Queue, some: readonly Entry[]) => this.#enqueue(queue, some, options);
    return this.#lanes.send(asked, entries, send, wholeCalls);
  }

  enqueueKeyed(
    service: string,
    entries: readonly KeyedEntry[],
    options: SendOptions,
  ): Promise<KeyedAnswer[]> {
    const asked = { service, priority: options.priority };
    const send = (queue: Queue, some: readonly KeyedEntry[]) => this.#ask(queue, some, options);
    return this.#lanes.send(asked, entries, send, oneByOne);
  }

  async #enqueue(
    queue: Queue,
    entries: readonly Entry[],
    { queueMax, copies }: SendOptions,
  ): Promise<EnqueueAnswer> {
    const { keys, denials, producer, deadAfterMs } = this.#parts;
    const batch = this.#nextBatch(queue);
    const first = [
      keys.stream(queue),
      keys.presence(queue, queue.name),
      keys.sent(queue, producer),
      batch,
      deadAfterMs,
      queueMax,
    ];
    const call = (commands: CommandConnection, sent: readonly Entry[]) =>
      commands.nxEnqueue(...first, ...textsOf(sent));
    const work = this.#sendWithBodies({ queue, batch, copies }, entries, call);
    const accepted = await denials.watch(`send requests to '${queue.name}'`, work);
    if (accepted < 0) return { accepted: 0, refused: 'NO_CONSUMER' };
    return accepted < entries.length ? { accepted, refused: 'OVERLOADED' } : { accepted };
  }

  async #ask(
    queue: Queue,
    entries: readonly KeyedEntry[],
    { queueMax, copies }: SendOptions,
  ): Promise<KeyedAnswer[]> {
    const { keys, denials, producer, deadAfterMs } = this.#parts;
    const batch = this.#nextBatch(queue);
    const asking = { queue, producer, batch, deadAfterMs, queueMax };
    const call = (commands: CommandConnection, sent: readonly KeyedEntry[]) =>
      askKeyed(commands, keys, asking, sent);
    const work = this.#sendWithBodies({ queue, batch, copies }, entries, call);
    return denials.watch(`send requests to '${queue.name}'`, work);
  }

  async emit(topic: string, entries: readonly EventEntry[], copies?: number): Promise<void> {
    const work = this.#emit({ kind: 'events', name: topic }, entries, copies);
    await this.#parts.denials.watch(`publish events on '${topic}'`, work);
  }

  schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    options: ScheduleOptions,
  ): Promise<number> {
    return this.#scheduler.schedule(topic, entries, options);
  }

  cancelScheduled(topic: string, id: string): Promise<boolean> {
    return this.#scheduler.cancel(topic, id);
  }

  async #emit(queue: Queue, entries: readonly EventEntry[], copies?: number): Promise<void> {
    const { keys, producer } = this.#parts;
    const stream = keys.stream(queue);
    const readable = await this.#formats.readable(stream, queue.name, entries);
    const sent = keys.sent(queue, producer);
    const batch = this.#nextBatch(queue);
    const isApart = hasLarge(readable) && (await this.#formats.mayLieApart(stream));
    await sending(this.#parts, queue, copies, async (commands) => {
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

  /** Sends entries as they are, or with references where their payloads are large. */
  #sendWithBodies<One extends Entry, Answer>(
    to: { readonly queue: Queue; readonly batch: number; readonly copies: number | undefined },
    entries: readonly One[],
    call: (commands: CommandConnection, entries: readonly One[]) => Promise<Answer>,
  ): Promise<Answer> {
    const { queue, copies } = to;
    const parts = this.#parts;
    if (!hasLarge(entries)) {
      return sending(parts, queue, copies, (commands) => call(commands, entries));
    }
    return sending(parts, queue, copies, async (commands) => {
      const may = await this.#bodies.mayLieApart(commands, queue);
      return call(commands, may ? await this.#bodies.put(commands, to, entries) : entries);
    });
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
}

const wholeCalls: Fallback<Entry, EnqueueAnswer> = {
  untaken: ({ refused }, entries) => (refused === 'NO_CONSUMER' ? entries : []),
  merge: (_, answer) => answer,
};

const isUntaken = (answer: KeyedAnswer | undefined): boolean =>
  answer?.kind === 'refused' && answer.reason === 'NO_CONSUMER';

const oneByOne: Fallback<KeyedEntry, KeyedAnswer[]> = {
  untaken: (answers, entries) => entries.filter((_, n) => isUntaken(answers[n])),
  merge: (answers, forUntaken) => {
    const rest = [...forUntaken];
    return answers.map((answer) => (isUntaken(answer) ? (rest.shift() ?? answer) : answer));
  },
};

/** Header and body of each, one after the other. */
function textsOf(entries: readonly Entry[]): string[] {
  const texts: string[] = [];
  for (const { header, body } of entries) texts.push(header, body);
  return texts;
}
