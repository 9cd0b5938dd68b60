/** What the transport promises under each fault, held to what was measured. */
import { faults } from './faults.mjs';

const TAKEOVER_P99_MS = 4_000;
const SERVICE_MS = 2_000;

/** @returns {string[]} a sentence for every goal that the row misses */
export function missedGoals(row) {
  const { mayLose } = faults[row.fault];
  // Reads that wait while Redis is away are asked again: their replies may have gone unheard.
  const again = row.kills > 0 ? row.reExecuted : row.reExecuted - row.readsAgain;
  const goals = [
    [row.lost > 0 && !mayLose, `${row.lost} acknowledged events were lost`],
    [row.doubledWithKey > 0, `${row.doubledWithKey} effects with a key happened twice`],
    [row.failed > 0, `${row.failed} calls failed: ${JSON.stringify(row.errors)}`],
    [again > row.held && !mayLose, `${again} re-executions, ${row.held} were held`],
    [row.unknown > row.held && !mayLose, `${row.unknown} unknown outcomes, ${row.held} were held`],
    [row.takeoverP99Ms > TAKEOVER_P99_MS, `takeover p99 took ${row.takeoverP99Ms} ms`],
    [row.serviceMs > SERVICE_MS, `service came back after ${row.serviceMs} ms`],
  ];
  return goals.flatMap(([isMissed, sentence]) => (isMissed ? [`${row.fault}: ${sentence}`] : []));
}
