import { KeyTable } from './key-table.js';

/**
 * What one member of a group has in work. A delivery waits until there is room, is running until
 * its handler is done, and finishing until the broker confirmed it; the last takes no room.
 */
export class InFlight<Item> {
  readonly #max: number;
  readonly #held = new KeyTable<true>();
  #waiting: Item[] = [];
  #running = 0;
  #waiters: (() => void)[] = [];
  #idle: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get running(): number {
    return this.#running;
  }

  get room(): number {
    return Math.max(0, this.#max - this.#running - this.#waiting.length);
  }

  /** False when it is in work here already: whoever brought it again must leave it alone. */
  open(key: string, item: Item): boolean {
    if (this.#held.has(key)) return false;
    this.#held.set(key, true);
    this.#waiting.push(item);
    return true;
  }

  /** The next one to run, or nothing while as many run as may. It counts as running from now on. */
  next(): Item | undefined {
    if (this.#running >= this.#max) return undefined;
    const item = this.#waiting.shift();
    if (item !== undefined) this.#running += 1;
    return item;
  }

  /** Those that wait, which wait here no more. The caller closes them. */
  takeWaiting(): Item[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  /** The handler is done. */
  done(): void {
    this.#running -= 1;
    if (this.room > 0) this.#release(this.#waiters.splice(0));
    if (this.#running === 0) this.#release(this.#idle.splice(0));
  }

  /** The broker confirmed it, or it was given back. */
  close(key: string): void {
    this.#held.take(key);
  }

  /** Resolves when there is room. */
  whenRoom(): Promise<void> {
    if (this.room > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Resolves when no handler runs. */
  whenIdle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Wakes whoever waits for room, because the reading ends. */
  wake(): void {
    this.#release(this.#waiters.splice(0));
  }

  #release(waiting: (() => void)[]): void {
    for (const resolve of waiting) resolve();
  }
}
