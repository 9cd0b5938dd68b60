import type { Time } from '../protocol/time.js';

/** Not for long at a time, in case somebody sets the clock. */
const clockLookMs = 1_000;

/** One timer for all requests: it is set for the one that expires next. */
export class ExpiryTimer {
  readonly #time: Time;
  readonly #onDue: (now: number) => number | undefined;
  #setFor = Infinity;
  #callOff = () => {};

  /** `onDue` ends what has expired and answers when the next one does, if any. */
  constructor(time: Time, onDue: (now: number) => number | undefined) {
    this.#time = time;
    this.#onDue = onDue;
  }

  /** There is one more that expires then. */
  heed(expiry: number): void {
    if (expiry >= this.#setFor) return;
    this.#callOff();
    this.#setFor = expiry;
    const waitMs = Math.min(Math.max(expiry - this.#time.now(), 1), clockLookMs);
    this.#callOff = this.#time.after(waitMs, () => {
      const next = this.#onDue(this.#time.now());
      this.#setFor = Infinity;
      if (next !== undefined) this.heed(next);
    });
  }

  stop(): void {
    this.#callOff();
  }
}
