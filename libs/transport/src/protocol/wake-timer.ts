import type { Time } from './time.js';

/** Wakes once, at the time that was said last. */
export class WakeTimer {
  readonly #time: Time;
  readonly #wake: () => void;
  #callOff = () => {};
  #at = Infinity;
  #isStopped = false;

  constructor(time: Time, wake: () => void) {
    this.#time = time;
    this.#wake = wake;
  }

  /** Wakes in `ms` and not before; `undefined`: not at all. It replaces what was said before. */
  set(ms: number | undefined): void {
    this.#callOff();
    this.#callOff = () => {};
    this.#at = ms === undefined ? Infinity : this.#time.now() + Math.max(0, ms);
    if (ms === undefined || this.#isStopped) return;
    this.#callOff = this.#time.after(Math.max(0, ms), () => {
      this.#at = Infinity;
      this.#wake();
    });
  }

  /** Wakes in `ms`, unless it does so earlier. */
  within(ms: number): void {
    if (this.#time.now() + ms < this.#at) this.set(ms);
  }

  /** It wakes no more, whatever is said later. */
  stop(): void {
    this.#isStopped = true;
    this.#callOff();
  }
}
