import { setTimeout as pause } from 'node:timers/promises';

/** How often a condition is looked at, milliseconds. */
const LOOK_EVERY_MS = 10;

/**
 * Waits until `condition` gives a truthy value, and gives that value back.
 * @param awaited what is waited for, for the message when it does not come.
 * @param deadlineMs how long at most, milliseconds.
 */
export async function eventually<T>(
  awaited: string,
  condition: () => T | Promise<T>,
  deadlineMs = 5_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${awaited}`);
    await pause(LOOK_EVERY_MS);
  }
}
