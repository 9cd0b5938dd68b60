import type { KeyNames } from '../broker/key-names.js';
import type { Completion, ConsumerSpec } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { KeyTable } from '../protocol/key-table.js';
import { orderedWaitingMax } from '../protocol/ordering.js';
import type { CommandConnection } from './commands.js';
import { foundDelivery, type StoredDelivery } from './entries.js';

/** What the script that ends entries is told. */
export interface FinishArguments {
  readonly keys: readonly string[];
  readonly values: readonly (string | number)[];
}

export interface GroupOrderParts {
  readonly spec: ConsumerSpec;
  readonly keys: KeyNames;
  readonly commands: CommandConnection;
}

/** The events of a queue that one member handles in their order. */
export class GroupOrder {
  readonly #queue: Queue;
  readonly #parts: GroupOrderParts;
  readonly #stream: string;
  readonly #following: string;
  /** Entries here that others may wait for. */
  readonly #held = new KeyTable<true>();
  #waiting = 0;
  /** Something may have been handed on here in an answer that never came. */
  isUnsure = false;

  constructor(queue: Queue, parts: GroupOrderParts) {
    const { keys, spec } = parts;
    this.#queue = queue;
    this.#parts = parts;
    this.#stream = keys.stream(queue);
    this.#following = keys.following(queue, spec.group);
  }

  get isHeldUp(): boolean {
    return this.#waiting >= orderedWaitingMax;
  }

  async runnable(deliveries: readonly StoredDelivery[]): Promise<StoredDelivery[]> {
    const { spec, commands } = this.#parts;
    const pairs = deliveries.flatMap(({ id, order }) => (order?.after ? [id, order.after] : []));
    const waits = new Set<string>();
    if (pairs.length > 0) {
      const keys = [this.#stream, this.#following];
      const answer = await commands.nxOrder(...keys, spec.group, spec.consumer, ...pairs);
      const [waiting, ...mayRun] = answer;
      this.#waiting = waiting;
      for (const [n, may] of mayRun.entries()) if (may === 0) waits.add(pairs[2 * n] ?? '');
    }
    return this.#hold(deliveries.filter(({ id }) => !waits.has(id)));
  }

  /** Whether some might wait in vain; `waiting` is how many wait in the group. */
  mustSweep(waiting: number): boolean {
    this.#waiting = waiting;
    return waiting > 0;
  }

  /** Brings what waits in vain. */
  async sweep(room: number): Promise<StoredDelivery[]> {
    const { spec, keys, commands } = this.#parts;
    const { group, consumer } = spec;
    const notes = [keys.state(this.#queue, group), keys.marks(this.#queue, group)];
    const all = [this.#stream, this.#following, ...notes, group, consumer, room];
    const found = await commands.nxOrderSweep(...all);
    return this.#hold(found.map((entry) => foundDelivery(this.#queue, entry)));
  }

  get isAny(): boolean {
    return this.#held.size > 0;
  }

  /** Whether others may wait for it. */
  holds(id: string): boolean {
    return this.#held.has(id);
  }

  /** Ends entries and answers those that waited for them, unless this member takes no more. */
  async finish(
    completions: readonly Completion[],
    { keys, values }: FinishArguments,
    mayTake: boolean,
  ): Promise<StoredDelivery[]> {
    const { spec, keys: names, commands } = this.#parts;
    const end = [mayTake ? 'take' : 'leave', names.work(spec.group)];
    const more = [this.#following, names.body(this.#queue)];
    const answer = await commands.nxFinishFull(...keys, ...more, ...values, ...end);
    const [acknowledged, ...found] = answer;
    // Some had ended before, with this very call perhaps, sent by a connection that broke.
    if (acknowledged < completions.length) this.isUnsure = true;
    this.forget(completions.map(({ id }) => id));
    return this.#hold(found.map((entry) => foundDelivery(this.#queue, entry)));
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#held.take(id);
  }

  #hold(deliveries: StoredDelivery[]): StoredDelivery[] {
    for (const { id, order } of deliveries) if (order) this.#held.set(id, true);
    return deliveries;
  }
}
