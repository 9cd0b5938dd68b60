import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 10;

/** Waits until `condition` holds. @returns how long that took, milliseconds */
export async function until(awaited, condition, deadlineMs) {
  const since = performance.now();
  while (!(await condition())) {
    if (performance.now() - since > deadlineMs) throw new Error(`not in time: ${awaited}`);
    await pause(LOOK_EVERY_MS);
  }
  return performance.now() - since;
}
