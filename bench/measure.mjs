/** What a load costs: CPU of the given processes beside what the load itself tells. */
import { counts, given } from './arguments.mjs';
import { load, median } from './load.mjs';
import { cpuSeconds } from './processes.mjs';

/** How often and how hard a bench loads the platform, as its arguments say. */
export function givenLoad(command) {
  const usage = `usage: npm run ${command} -- [options]
  --rounds N       how often each is measured (3)
  --seconds N      how long each time (5)
  --connections N  requests under way (64)
  --json FILE      writes the figures there too
  --help           this text`;
  const { values } = given(usage, { rounds: '3', seconds: '5', connections: '64' });
  const [rounds, seconds, connections] = counts(values, 'rounds', 'seconds', 'connections');
  return { rounds, seconds, connections, json: values.json };
}

/** One measurement, after a second to warm up: CPU microseconds per request of each group. */
export async function measure(what, groups) {
  const cpu = () =>
    Object.fromEntries(
      Object.entries(groups).map(([name, pids]) => [
        name,
        [pids].flat().reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      ]),
    );
  await load({ ...what, seconds: 1 });
  const before = cpu();
  const result = await load(what);
  const after = cpu();
  const micros = Object.keys(groups).map((name) => [
    `${name}CpuMicros`,
    ((after[name] - before[name]) * 1e6) / result.requests,
  ]);
  return { ...result, ...Object.fromEntries(micros) };
}

/** The median of one figure over the rounds, to a tenth. */
export const summary = (rows, key) => Math.round(median(rows.map((row) => row[key])) * 10) / 10;

/** Prints the medians of every figure. */
export function printSummary(name, rows) {
  const keys = Object.keys(rows[0]);
  console.log(name, Object.fromEntries(keys.map((key) => [key, summary(rows, key)])));
}
