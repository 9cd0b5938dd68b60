import type { MemoryHub } from './memory-hub.js';

/** Waits until anything is added anywhere, for `waitMs` at most, or until it is waked. */
export function whenAdded(
  hub: MemoryHub,
  waitMs: number,
): { readonly over: Promise<void>; readonly wake: () => void } {
  let wake = () => {};
  const over = new Promise<void>((resolve) => {
    const stopTimer = hub.time.after(waitMs, () => wake());
    const stopWaiting = hub.whenAdded(() => wake());
    wake = () => {
      stopTimer();
      stopWaiting();
      resolve();
    };
  });
  return { over, wake };
}
