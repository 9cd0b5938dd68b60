/**
 * The fault campaign of the transport: replicas and Redis are killed, frozen, emptied and replaced while
 * calls and events are on their way, with the stock Redis transport of Nest in the same table.
 */
import { makeProgress } from '../tools/local/progress.mjs';
import { counts, given, keep, misused } from './arguments.mjs';
import { onSignal, prepared, tellMissed } from './transport/bench.mjs';

const USAGE = `usage: npm run bench:transport:crash -- [FAULT ...] [options]
  FAULT            replica, only, redis, frozen, wiped, failover, copied; all unless named
  --points N       kills of a replica (10); of stock, which soon shows what it does, 100 at most
  --lanes N        sets of replicas that are killed at once, on one Redis (1)
  --seed N         what the moments and victims are drawn from (1)
  --json FILE      writes the figures there too
  --help           this text`;

const STOCK_POINTS_MAX = 100;

/** The words of the table for one row of figures. */
const columns = (row, says) => ({
  fault: says,
  transport: row.contender,
  kills: row.kills || '',
  'events acked': row.events,
  'not acked': row.unacknowledged,
  lost: row.lost,
  doubled: row.doubled,
  'doubled with key': row.doubledWithKey,
  calls: row.calls,
  failed: row.failed,
  'unknown outcome': row.unknown,
  'worst wait ms': row.worstMs,
  're-executed': row.reExecuted,
  'of them reads': row.readsAgain,
  'held by the dead': row.held,
  'takeover p99 ms': row.takeoverP99Ms ?? '',
  'service after ms': row.serviceMs ?? '',
});

const { values, positionals } = given(
  USAGE,
  { points: '10', lanes: '1', seed: '1' },
  { allowPositionals: true },
);
const [points, lanes, seed] = counts(values, 'points', 'lanes', 'seed');
const known = ['replica', 'only', 'redis', 'frozen', 'wiped', 'failover', 'copied'];
const names = positionals.length > 0 ? positionals : known;
const unknown = names.find((name) => !known.includes(name));
if (unknown !== undefined) {
  misused(`there is no fault ${unknown}: there are ${known.join(', ')}`);
}
const progress = makeProgress(process.stderr);
const program = await prepared(progress);
// Only now is there something to import.
const [{ closeAll, runFault }, { faults }, { missedGoals }] = await Promise.all([
  import('./transport/campaign.mjs'),
  import('./transport/faults.mjs'),
  import('./transport/goals.mjs'),
]);
onSignal(closeAll);
const rows = [];
for (const fault of names) {
  for (const contender of ['courtside', 'stock']) {
    // Without copies to wait for, stock does the same in both failovers.
    if (contender === 'stock' && fault === 'copied') continue;
    const most = contender === 'stock' ? STOCK_POINTS_MAX : Infinity;
    const what = { fault, contender, seed, points: Math.min(points, most), lanes, program };
    const work = () => runFault(what);
    rows.push(await progress.step(`${faults[fault].says}, ${contender}`, work));
  }
}
console.table(rows.map((row) => columns(row, faults[row.fault].says)));
console.log(
  'What Redis had not yet passed on is lost when it comes back empty, or when a copy takes over that ' +
    'nobody waited for: such losses are counted and no goal; an outbox keeps its events.',
);
const missed = rows.filter(({ contender }) => contender === 'courtside').flatMap(missedGoals);
tellMissed(missed);
keep({ points, lanes, seed, rows, missed }, values.json);
