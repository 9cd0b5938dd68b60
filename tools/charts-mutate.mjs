/**
 * Whether the suites of the charts would notice: changes one condition of a template at a time, in a copy,
 * and runs the suites until one fails. Takes minutes, so it is run before a release, not at every change.
 * usage: HELM_UNITTEST=… node tools/charts-mutate.mjs [PART OF A FILE'S NAME]
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Helm, Missing, UnitTest } from './charts/check/helm.mjs';
import { mutants } from './charts/check/mutants.mjs';
import { suites } from './charts/check/suites.mjs';

/** Share of the changes that has to be noticed. */
const NOTICED_MIN = 0.95;

/** One is enough to notice. */
const FIRST_FAILURE = ['--failfast'];

/** What the charts reach by links, beside themselves. */
const LINKED = ['helm', 'apps/gateway/routes', 'k8s/generated'];

function copyOfCharts() {
  const copy = mkdtempSync(join(tmpdir(), 'charts-mutate-'));
  for (const path of LINKED)
    cpSync(path, join(copy, path), { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** Runs that may notice a change to the library, those that most likely do first; all but the last few are short. */
function libraryRuns() {
  const [own, app, bus, database, store] = suites().map(({ globs }) => globs);
  return [
    { charts: ['users', 'gateway', 'web'], globs: own },
    { charts: ['users'], globs: [...app, ...bus, ...database] },
    { charts: ['gateway', 'web'], globs: app },
    { charts: ['redis', 'postgres'], globs: [...own, ...store] },
    { charts: ['auth', 'time', 'microservices-app'], globs: own },
  ];
}

function runsFor(file) {
  const [chart] = file.split('/');
  if (chart === 'library') return libraryRuns();
  const globs = suites().flatMap(({ charts, globs: more }) => (charts.includes(chart) ? more : []));
  return [{ charts: [chart], globs }];
}

async function isNoticed(copy, { file, text }, unitTest) {
  const path = join(copy, 'helm', file);
  const before = readFileSync(path, 'utf8');
  writeFileSync(path, text);
  try {
    for (const { charts, globs } of runsFor(file)) {
      const folders = charts.map((name) => join(copy, 'helm', name));
      const { passed } = await unitTest.run(folders, globs, FIRST_FAILURE);
      if (!passed) return true;
    }
    return false;
  } finally {
    writeFileSync(path, before);
  }
}

/** A suite that fails anyway would notice everything. */
async function passesBefore(copy, unitTest) {
  for (const { charts, globs } of suites()) {
    const folders = charts.map((name) => join(copy, 'helm', name));
    const { passed, output } = await unitTest.run(folders, globs, FIRST_FAILURE);
    if (!passed) console.error(output);
    if (!passed) return false;
  }
  return true;
}

async function main() {
  const unitTest = new UnitTest(new Helm(process.env.HELM || 'helm'), process.env.HELM_UNITTEST);
  await unitTest.version();
  const part = process.argv[2] ?? '';
  const copy = copyOfCharts();
  try {
    const changes = mutants(join(copy, 'helm')).filter(({ file }) => file.includes(part));
    if (!(await passesBefore(copy, unitTest))) return 1;
    let noticed = 0;
    for (const change of changes) {
      if (await isNoticed(copy, change, unitTest)) noticed += 1;
      else console.log(`helm/${change.file}:${change.line}  ${change.says}`);
    }
    const share = noticed / changes.length;
    console.log(`${noticed} of ${changes.length} changes noticed, ${(share * 100).toFixed(1)} %`);
    return share >= NOTICED_MIN ? 0 : 1;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
