/** How often and when an event is run again whose handler threw. */
export interface RetryPolicy {
  /** Runs of one event, crashes included, before it becomes a dead letter. */
  readonly attemptsMax: number;
  /** Before the second run, milliseconds; doubled for each further one, half of it random. */
  readonly delayMs: number;
  /** No pause is longer, milliseconds. */
  readonly delayMsMax: number;
}

export const retryDefault: RetryPolicy = { attemptsMax: 5, delayMs: 1_000, delayMsMax: 60_000 };

/** How long to wait before the next run, or `undefined` when there is to be none. */
export function retryDelay(
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (attempt >= policy.attemptsMax) return undefined;
  const full = Math.min(policy.delayMs * 2 ** (attempt - 1), policy.delayMsMax);
  // Half fixed, half random: failures of one cause do not come back as one crowd.
  return Math.round(full / 2 + (full / 2) * random());
}
