/** `npm run publish:charts`: packages the charts, signs and pushes them. `-- --help` says how. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Missing } from './charts/check/helm.mjs';
import { UsageError } from './images/arguments.mjs';
import { parseArguments, usage } from './publish/charts/arguments.mjs';
import { packageChart } from './publish/charts/package.mjs';
import { openRegistry } from './publish/charts/registry.mjs';
import { chartsIn, stageChart } from './publish/charts/stage.mjs';

const CHARTS = 'helm';

async function packaged(names, given, work) {
  const out = given.out ? resolve(given.out) : join(work, 'packages');
  mkdirSync(out, { recursive: true });
  const files = [];
  for (const name of names) {
    const folder = stageChart({ root: CHARTS, name, into: join(work, 'staged'), given });
    const file = await packageChart(folder, out, given);
    if (given.out || given.isDry) console.log(file);
    files.push({ name, file });
  }
  return files;
}

/** Whatever is there with other content is found before anything is pushed. */
async function push(charts, given, work) {
  const registry = openRegistry(given, work);
  await registry.demandSigner();
  const absent = [];
  for (const chart of charts) {
    if (await registry.holds(chart)) console.log(`${chart.name}: there already, the same`);
    else absent.push(chart);
  }
  for (const chart of absent) {
    if (given.isDry) console.log(`would be pushed to ${given.registry}: ${chart.name}`);
    else console.log(await registry.push(chart));
  }
}

async function main() {
  const known = chartsIn(CHARTS);
  const given = parseArguments(process.argv.slice(2), known);
  if (given.isHelp) return console.log(usage);
  const work = mkdtempSync(join(tmpdir(), 'charts-'));
  try {
    const charts = await packaged(given.names, given, work);
    if (given.registry) await push(charts, given, work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof UsageError || error instanceof Missing ? 2 : 1;
}
