import type { ScheduledEntry, ScheduleOptions } from '../broker/port.js';
import { queueKey, type Queue } from '../broker/queue.js';
import type { DueTime } from '../protocol/due-time.js';
import { idSource } from '../protocol/ids.js';
import { asFormat1 } from '../wire/event-header.js';
import { sending, type SenderParts } from './sending.js';

/**
 * Keeps events for later, and calls them off. What waits may wait for a year, so it is kept in format 1,
 * whoever reads the topic then.
 */
export class EventScheduler {
  readonly #parts: SenderParts;
  /** Counts batches of its own, under a name of its own, beside those of events that go out at once. */
  readonly #producer: string;
  readonly #batches = new Map<string, number>();
  readonly #nextId = idSource();

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#producer = `${parts.producer}.due`;
  }

  async schedule(
    topic: string,
    entries: readonly ScheduledEntry[],
    { waitingMax, copies }: ScheduleOptions,
  ): Promise<number> {
    const queue: Queue = { kind: 'events', name: topic };
    const all = [
      ...this.#keysAndBatch(queue),
      waitingMax,
      this.#parts.keys.dueChannel(topic),
      ...entries.flatMap(({ id, due, header, body }) => {
        return [id, timeOf(due), asFormat1(header, topic, this.#nextId()), body];
      }),
    ];
    const work = sending(this.#parts, queue, copies, (commands) => commands.nxSchedule(...all));
    return this.#parts.denials.watch(`schedule events on '${topic}'`, work);
  }

  async cancel(topic: string, id: string): Promise<boolean> {
    const queue: Queue = { kind: 'events', name: topic };
    const all = [...this.#keysAndBatch(queue), id];
    const work = sending(this.#parts, queue, 0, (commands) => commands.nxUnschedule(...all));
    const was = await this.#parts.denials.watch(`call off events of '${topic}'`, work);
    return was === 1;
  }

  #keysAndBatch(queue: Queue): (string | number)[] {
    const { keys } = this.#parts;
    const name = queueKey(queue);
    const batch = (this.#batches.get(name) ?? 0) + 1;
    this.#batches.set(name, batch);
    return [keys.due(queue), keys.waiting(queue), keys.sent(queue, this.#producer), batch];
  }
}

function timeOf(due: DueTime): string {
  return 'at' in due ? `${due.at}` : `+${due.afterMs}`;
}
