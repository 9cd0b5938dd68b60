/**
 * `npm run contract`: which promises of docs/contract.md no passing test carries, and who carries the others.
 * usage: npm run contract -- [--results FILE] [--allow-missing] [--help]
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';

const FOLDER = '.courtside';

const usage = `npm run contract -- [--results FILE] [--allow-missing]
  --results FILE    what a test run wrote; repeatable (default: every ${FOLDER}/*-results.json, as npm test,
                    npm run e2e:cluster, npm run check:charts and the others leave them)
  --allow-missing   exit 0 though promises are missing`;

/** The ids of all rows of the contract, in order. */
export const rowsOf = (contract) =>
  [...contract.matchAll(/^\| (\d\.\d+) +\| ((?:\\\||[^|])+) \|/gm)].map(([, id, promise]) => ({
    id,
    promise: promise.trim(),
  }));

/** What the titles of passing tests carry: ids, and ids shown by a substitute with what it was. */
export function carriedBy(titles) {
  const direct = new Set();
  const substitutes = new Map();
  for (const title of titles) {
    for (const [, id, substitute] of title.matchAll(
      /\[(\d\.\d+)(?: by substitute: ([^\]]+))?\]/g,
    )) {
      if (substitute) substitutes.set(id, substitute);
      else direct.add(id);
    }
  }
  return { direct, substitutes };
}

const passingTitles = (results) =>
  results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status }) => status === 'passed')
    .map(({ fullName }) => fullName);

/** What each run carries, by the name of its file: `cluster` for `cluster-results.json`. */
export function suitesOf(paths) {
  return paths.map((path) => {
    const titles = passingTitles(JSON.parse(readFileSync(path, 'utf8')));
    const name = basename(path).replace(/-results\.json$|\.json$/, '');
    return { name, titles: titles.length, ...carriedBy(titles) };
  });
}

const foundResults = () =>
  existsSync(FOLDER)
    ? readdirSync(FOLDER)
        .filter((name) => name.endsWith('-results.json'))
        .sort()
        .map((name) => join(FOLDER, name))
    : [];

function misused(sentence) {
  console.error(`${sentence}\n${usage}`);
  process.exit(2);
}

function givenOptions() {
  const options = {
    results: { type: 'string', multiple: true },
    'allow-missing': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(error.message);
  }
}

/** The rows that a suite carries; those that no other does are named. */
function sayWhoCarries(suites) {
  for (const { name, titles, direct } of suites) {
    const others = suites.filter((other) => other.name !== name);
    const alone = [...direct].filter((id) => !others.some((other) => other.direct.has(id)));
    const named = alone.length > 0 ? `, alone: ${alone.sort(byNumber).join(' ')}` : '';
    console.log(`${name.padEnd(10)} ${titles} tests carry ${direct.size} promises${named}`);
  }
}

const byNumber = (one, other) => one.localeCompare(other, 'en', { numeric: true });

function sayWhatIsMissing(rows, suites) {
  const has = (id) => suites.some(({ direct }) => direct.has(id));
  const substitutes = new Map(suites.flatMap((suite) => [...suite.substitutes]));
  const missing = rows.filter(({ id }) => !has(id) && !substitutes.has(id));
  const replaced = rows.filter(({ id }) => !has(id) && substitutes.has(id));
  for (const { id } of replaced) console.log(`by substitute  ${id}: ${substitutes.get(id)}`);
  for (const { id, promise } of missing) console.log(`missing  ${id.padEnd(5)} ${promise}`);
  const carried = `${rows.length - missing.length} of ${rows.length} promises are carried by a passing test`;
  console.log(
    replaced.length > 0 ? `${carried}, ${replaced.length} of them by a substitute` : carried,
  );
  return missing;
}

function main() {
  const values = givenOptions();
  if (values.help) return console.log(usage);
  const paths = values.results ?? foundResults();
  if (paths.length === 0) misused(`there are no results in ${FOLDER}: run npm test first`);
  const absent = paths.find((path) => !existsSync(path));
  if (absent) misused(`${absent} is not there: run npm test first`);
  const suites = suitesOf(paths);
  const rows = rowsOf(readFileSync('docs/contract.md', 'utf8'));
  const known = new Set(rows.map(({ id }) => id));
  const unknown = suites.flatMap(({ direct }) => [...direct]).filter((id) => !known.has(id));
  for (const id of new Set(unknown))
    console.log(`unknown  ${id}: a test carries it, no promise does`);
  sayWhoCarries(suites);
  const missing = sayWhatIsMissing(rows, suites);
  if (missing.length > 0 && !values['allow-missing']) process.exitCode = 1;
}

if (process.argv[1]?.endsWith('contract.mjs')) main();
