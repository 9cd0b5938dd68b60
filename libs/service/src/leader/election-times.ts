/** How long things take in an election, milliseconds. */
export interface ElectionTimes {
  /** How long others leave a lease alone that they see no change of. */
  readonly leaseMs: number;
  /** How long after its last renewal a leader works at most. What is left of the lease is the margin. */
  readonly renewWithinMs: number;
  /** How often a leader renews, and everybody else looks. */
  readonly retryMs: number;
}

/** A leader stops after two thirds of its lease: the last third is for what it still finishes. */
const WORKING_PART = 2 / 3;
/** A leader has five tries before it stops. */
const RETRY_PART = 2 / 15;

/** The times that follow from the length of a lease: 15 s make the 10 s and 2 s that are usual. */
export const electionTimes = (leaseMs: number): ElectionTimes => ({
  leaseMs,
  renewWithinMs: Math.round(leaseMs * WORKING_PART),
  retryMs: Math.round(leaseMs * RETRY_PART),
});

/** Never stands still with the process, and nobody sets it: milliseconds since some moment. */
export const monotonic = (): number => performance.now();
