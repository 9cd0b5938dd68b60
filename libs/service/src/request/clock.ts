/** Where time comes from; a spec gives its own. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** Injection token of the clock. */
export const CLOCK = Symbol('clock');
