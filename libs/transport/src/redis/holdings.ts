import type { Completion, Delivery } from '../broker/port.js';
import { queueKey, type Queue } from '../broker/queue.js';
import { KeyTable } from '../protocol/key-table.js';
import { isLater } from './entry-order.js';
import { RecentEnds } from './recent-ends.js';

interface Held {
  readonly attempt: number;
  readonly header: string;
}

/** What one member says of a queue when its group must be made again. */
export interface Testimony {
  readonly held: readonly (readonly [id: string, attempt: number])[];
  readonly finished: readonly string[];
}

/**
 * What a member holds and has lately finished, as it knows without the server: a server that lost
 * its last writes, or a group, is told so.
 */
export class Holdings {
  readonly #queues = new Map<string, { held: KeyTable<Held>; ended: RecentEnds }>();

  /** How it ended here, if it did: then the server forgot that, and handed it out again. */
  endOf({ queue, id, header }: Delivery): Completion | undefined {
    return this.#of(queue).ended.of(id, header);
  }

  add({ queue, id, attempt, header }: Delivery): void {
    this.#of(queue).held.set(id, { attempt, header });
  }

  release(queue: Queue, id: string): void {
    this.#of(queue).held.take(id);
  }

  settle(queue: Queue, completions: readonly Completion[]): void {
    const { held, ended } = this.#of(queue);
    for (const completion of completions) {
      const { id, kind } = completion;
      const entry = held.take(id);
      if (kind !== 'retry' && entry) ended.add(entry.header, completion);
    }
  }

  /** Of what is finished, only what the group had not noted: later than `last`, or in `open`. */
  testify(queue: Queue, last: string, open: ReadonlySet<string>): Testimony {
    const { held, ended } = this.#of(queue);
    return {
      held: held.entries().map(([id, { attempt }]) => [id, attempt] as const),
      finished: ended.ids().filter((id) => open.has(id) || isLater(id, last)),
    };
  }

  #of(queue: Queue) {
    const key = queueKey(queue);
    let known = this.#queues.get(key);
    if (!known) this.#queues.set(key, (known = { held: new KeyTable(), ended: new RecentEnds() }));
    return known;
  }
}
