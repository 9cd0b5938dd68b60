/** What time it is, in epoch milliseconds. */
export interface Clock {
  /** The present time. */
  now(): number;
}

/** Runs work later. The protocol never calls a timer of the platform itself. */
export interface Scheduler {
  /** Runs the task once the current tick is over: this is what makes batches. */
  soon(task: () => void): void;
  /** Runs the task after `ms`; the answer calls it off. */
  after(ms: number, task: () => void): () => void;
}

/** Clock and scheduler in one, so that a simulation can hand in a virtual one. */
export interface Time extends Clock, Scheduler {}

/** The platform fires a longer timer at once. */
const timerMsMax = 2 ** 31 - 1;

/** The platform's own clock and timers. */
export const systemTime: Time = {
  now: () => Date.now(),
  soon: (task) => void setImmediate(task),
  after: (ms, task) => {
    const timer = setTimeout(task, Math.min(ms, timerMsMax));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` of the given scheduler. */
export function pause(scheduler: Scheduler, ms: number): Promise<void> {
  return new Promise((resolve) => void scheduler.after(ms, resolve));
}

/** Resolves when the promise does, or after `ms`; leaves no timer behind. */
export function within(scheduler: Scheduler, ms: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const callOff = scheduler.after(ms, resolve);
    const end = () => {
      callOff();
      resolve();
    };
    promise.then(end, end);
  });
}

/**
 * Starts something once it may; the answer calls it off, at whatever stage. What keeps it from starting,
 * or fails as it starts, is told once, unless it was called off.
 */
export function startsLater(
  ready: Promise<unknown>,
  start: () => () => void,
  fail: (error: unknown) => void,
): () => void {
  let isOff = false;
  let callOff = () => {};
  const go = async () => {
    try {
      await ready;
      if (!isOff) callOff = start();
    } catch (error) {
      if (!isOff) fail(error);
    }
  };
  void go();
  return () => {
    isOff = true;
    callOff();
  };
}
