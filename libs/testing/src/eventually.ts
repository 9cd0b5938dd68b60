import { setTimeout as pause } from 'node:timers/promises';

/** How often a condition is looked at, milliseconds. */
const LOOK_EVERY_MS = 10;

/** What is left of a condition's answers once it holds. */
type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Waits until `condition` gives a truthy value, and gives that value back.
 * @param awaited what is waited for, for the message when it does not come.
 * @param deadlineMs how long at most, milliseconds.
 */
export async function eventually<T>(
  awaited: string,
  condition: () => T | Promise<T>,
  deadlineMs = 5_000,
): Promise<Truthy<T>> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Truthy<T>;
    if (Date.now() > end) throw new Error(`not within ${deadlineMs} ms: ${awaited}`);
    await pause(LOOK_EVERY_MS);
  }
}
