import { shortWaitMs, type ReadLane } from './read-lane.js';
import type { StoredDelivery } from './entries.js';

/** What a lane asks for while nothing came on it, so that it leaves room to those that are busy. */
const calmMax = 8;

/**
 * Reads on several connections at once and never asks for more than there is room for. With one
 * lane all of the room is its own.
 */
export class ReadLanes {
  readonly #lanes: readonly ReadLane[];
  readonly #arrived: StoredDelivery[] = [];
  readonly #faults: unknown[] = [];
  readonly #running = new Set<Promise<void>>();
  #waiters: (() => void)[] = [];
  #room = 0;
  #waitMs = 0;
  #turn = 0;
  #isInterrupted = false;

  constructor(lanes: readonly ReadLane[]) {
    this.#lanes = lanes;
  }

  /** Waits for what the first of the lanes brings; empty when its wait is over. */
  async read(room: number, waitMs: number): Promise<StoredDelivery[]> {
    this.#room = room;
    this.#waitMs = waitMs;
    this.#start();
    const isIdle = this.#arrived.length === 0 && this.#faults.length === 0;
    if (isIdle && this.#running.size > 0) {
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
    if (this.#isInterrupted) await this.#whenSettled();
    return this.#take();
  }

  /** There is room for that many more than the last `read` was told. */
  freed(count: number): void {
    this.#room += count;
    if (this.#waiters.length > 0) this.#start();
  }

  /** Brings what came on another way. */
  bring(found: readonly StoredDelivery[]): void {
    this.#arrived.push(...found);
    this.#wake();
  }

  interrupt(): void {
    this.#isInterrupted = true;
    for (const lane of this.#lanes) lane.interrupt();
    this.#wake();
  }

  /** What came after the last `read`, once nothing more can come. */
  async rest(): Promise<StoredDelivery[]> {
    await this.#whenSettled();
    return this.#arrived.splice(0);
  }

  disconnect(): void {
    this.#isInterrupted = true;
    for (const lane of this.#lanes) lane.disconnect();
  }

  #take(): StoredDelivery[] {
    if (this.#arrived.length > 0) return this.#arrived.splice(0);
    const [fault] = this.#faults.splice(0);
    if (fault !== undefined) throw fault;
    return [];
  }

  async #whenSettled(): Promise<void> {
    await Promise.all(this.#running);
  }

  #start(): void {
    if (this.#isInterrupted) return;
    const idle = this.#lanes.filter(({ asked }) => asked === 0);
    let free = this.#room - this.#lanes.reduce((sum, { asked }) => sum + asked, 0);
    if (free <= 0 || idle.length === 0) return;
    const started = this.#inTurn(idle).slice(0, free);
    const isShort = started.length < idle.length;
    const waitMs = isShort ? Math.min(this.#waitMs, shortWaitMs) : this.#waitMs;
    const calm = Math.max(1, Math.min(calmMax, Math.floor(this.#room / (2 * this.#lanes.length))));
    const share = Math.min(calm, Math.floor(free / started.length));
    free -= share * started.length;
    const busy = started.filter(({ isFull }) => isFull || this.#lanes.length === 1);
    const extra = Math.floor(free / Math.max(1, busy.length));
    for (const lane of started) this.#run(lane, share + (busy.includes(lane) ? extra : 0), waitMs);
  }

  #run(lane: ReadLane, count: number, waitMs: number): void {
    const running = lane
      .read(count, waitMs)
      .then(
        (found) => void this.#arrived.push(...found),
        (error: unknown) => void this.#faults.push(error),
      )
      .finally(() => {
        this.#running.delete(running);
        this.#wake();
      });
    this.#running.add(running);
  }

  #inTurn(lanes: readonly ReadLane[]): ReadLane[] {
    this.#turn = (this.#turn + 1) % lanes.length;
    return [...lanes.slice(this.#turn), ...lanes.slice(0, this.#turn)];
  }

  #wake(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
