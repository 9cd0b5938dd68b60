import type { Delivery, TendOptions } from '../broker/port.js';
import { systemTime, within } from '../protocol/time.js';
import type { GroupQueue } from './group-queue.js';

/** A queue whose server is away must not keep this member from being heard on the others. */
const tendMsMax = 500;

export interface TendingOptions {
  /** Whether some queues can be away while others are there. */
  readonly isSharded: boolean;
  /** Whether a delivery has ended here already. */
  readonly isOver: (delivery: Delivery) => boolean;
}

/** Tends the queues of a member side by side, each at its own pace. */
export class Tending {
  readonly #queues: readonly GroupQueue[];
  readonly #isSharded: boolean;
  readonly #isOver: (delivery: Delivery) => boolean;
  readonly #underWay = new Map<GroupQueue, Promise<void>>();
  #brought: Delivery[] = [];
  #faults: unknown[] = [];
  #isAnnounced = false;

  constructor(queues: readonly GroupQueue[], { isSharded, isOver }: TendingOptions) {
    this.#queues = queues;
    this.#isSharded = isSharded;
    this.#isOver = isOver;
  }

  /** The first time it waits for all; later for those that answer, and the rest comes next time. */
  async tend(
    options: TendOptions,
    run: (queue: GroupQueue, options: TendOptions) => Promise<Delivery[]>,
  ): Promise<Delivery[]> {
    for (const queue of this.#queues) {
      if (!this.#underWay.has(queue))
        this.#underWay.set(queue, this.#one(run(queue, options), queue));
    }
    const all = Promise.all(this.#underWay.values());
    await (this.#isSharded && this.#isAnnounced ? within(systemTime, tendMsMax, all) : all);
    const [fault] = this.#faults.splice(0);
    if (fault !== undefined) throw fault;
    this.#isAnnounced = true;
    // What came late lay here until now: a read may have looked it up, and it may be finished.
    return this.#brought.splice(0).filter((delivery) => !this.#isOver(delivery));
  }

  async #one(work: Promise<Delivery[]>, queue: GroupQueue): Promise<void> {
    try {
      this.#brought.push(...(await work));
    } catch (error) {
      this.#faults.push(error);
    } finally {
      this.#underWay.delete(queue);
    }
  }
}
