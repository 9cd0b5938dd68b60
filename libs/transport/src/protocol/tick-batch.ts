import type { Scheduler } from './time.js';

export interface TickBatchOptions<Item> {
  scheduler: Scheduler;
  /** Sends one batch; it must not reject. */
  send: (key: string, items: Item[]) => Promise<void>;
  /** Keeps one call of the broker well below its limit of arguments. */
  itemsMax?: number;
  /** So many leave at once, before the tick is over: whoever gets them need not wait for the rest. */
  eagerAt?: () => number;
  /** Calls under way per key; beyond it the next batch grows instead. */
  unansweredMax?: number;
}

interface Lane<Item> {
  waiting: Item[];
  unanswered: number;
}

/** Enough that the cost of a call is small beside that of its messages. */
export const eagerMax = 64;
/** More calls than that under way mean that the broker is behind: then fewer, larger ones are better. */
const eagerUnansweredMax = 4;

/**
 * Collects what is added during one tick and sends it as one batch per key. While too many calls
 * are unanswered it keeps collecting, so a slow broker gets larger batches, never more calls. A long
 * tick sends several, so that client, broker and server work at the same time and not in turns.
 */
export class TickBatch<Item> {
  readonly #lanes = new Map<string, Lane<Item>>();
  readonly #scheduler: Scheduler;
  readonly #send: (key: string, items: Item[]) => Promise<void>;
  readonly #itemsMax: number;
  readonly #eagerAt: () => number;
  readonly #unansweredMax: number;
  #isScheduled = false;
  #idle: (() => void)[] = [];

  constructor(options: TickBatchOptions<Item>) {
    this.#scheduler = options.scheduler;
    this.#send = options.send;
    this.#itemsMax = options.itemsMax ?? 500;
    this.#eagerAt = options.eagerAt ?? (() => eagerMax);
    this.#unansweredMax = options.unansweredMax ?? 64;
  }

  add(key: string, item: Item): void {
    let lane = this.#lanes.get(key);
    if (!lane) this.#lanes.set(key, (lane = { waiting: [], unanswered: 0 }));
    lane.waiting.push(item);
    const isEager = lane.waiting.length >= this.#eagerAt() && lane.unanswered < eagerUnansweredMax;
    if (isEager) this.#flush(key, lane);
    else this.#schedule();
  }

  /** Sends what waits now, where it may, and not when the tick is over. */
  flush(): void {
    for (const [key, lane] of this.#lanes) this.#flush(key, lane);
  }

  /** Resolves once everything added so far has been sent and answered. */
  whenIdle(): Promise<void> {
    if (this.#lanes.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scheduler.soon(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #flush(key: string, lane: Lane<Item>): void {
    while (lane.waiting.length > 0 && lane.unanswered < this.#unansweredMax) {
      const items = lane.waiting;
      lane.waiting = items.length > this.#itemsMax ? items.splice(this.#itemsMax) : [];
      lane.unanswered += 1;
      void this.#send(key, items).then(() => this.#answered(key, lane));
    }
  }

  #answered(key: string, lane: Lane<Item>): void {
    lane.unanswered -= 1;
    if (lane.waiting.length > 0) return this.#schedule();
    if (lane.unanswered > 0) return;
    this.#lanes.delete(key);
    if (this.#lanes.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
