import type { Header } from '../wire/header.js';

/** What to do with a delivery before any handler sees it. */
export type Verdict =
  | 'run'
  /** The caller no longer waits: acknowledge without a reply. */
  | 'drop'
  /** It may have run in a replica that died: say so instead of running it again. */
  | 'unknown-outcome';

/** A request that outlived this many replicas is taken for the cause of their deaths. */
const crashesMax = 3;

/** Decides by the header alone; events always run, their bound is the retry policy. */
export function admit(
  header: Header,
  state: { now: number; attempt: number; isCancelled: boolean },
): Verdict {
  if (header.k === 'e') return 'run';
  const mayRepeat = header.e === 'none' || header.e === 'idempotent';
  // Before anything else: whoever asks later with its key must learn that it may have run.
  if (state.attempt > 1 && !mayRepeat) return 'unknown-outcome';
  if (state.isCancelled || (header.t ?? 0) <= state.now) return 'drop';
  return state.attempt <= crashesMax ? 'run' : 'unknown-outcome';
}
