/**
 * What one member of a group has in work. A delivery is `running` until its handler is done and
 * `finishing` until the broker confirmed it; only running ones take room.
 */
export class InFlight {
  readonly #max: number;
  readonly #held = new Set<string>();
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
    return Math.max(0, this.#max - this.#running);
  }

  /** False when it is in work here already: whoever brought it again must leave it alone. */
  open(key: string): boolean {
    if (this.#held.has(key)) return false;
    this.#held.add(key);
    this.#running += 1;
    return true;
  }

  /** The handler is done. */
  done(): void {
    this.#running -= 1;
    this.#release(this.#waiters.splice(0));
    if (this.#running === 0) this.#release(this.#idle.splice(0));
  }

  /** The broker confirmed it. */
  close(key: string): void {
    this.#held.delete(key);
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
