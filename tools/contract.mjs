/**
 * `npm run contract`: which promises of docs/contract.md no passing test carries.
 * usage: npm run contract -- [--results FILE] [--allow-missing] [--help]
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const usage = `npm run contract -- [--results FILE] [--allow-missing]
  --results FILE    what a test run wrote (default .courtside/test-results.json, by npm test); repeatable
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

function misused(sentence) {
  console.error(`${sentence}\n${usage}`);
  process.exit(2);
}

function givenOptions() {
  const options = {
    results: { type: 'string', multiple: true, default: ['.courtside/test-results.json'] },
    'allow-missing': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return misused(error.message);
  }
}

function main() {
  const values = givenOptions();
  if (values.help) return console.log(usage);
  const absent = values.results.find((path) => !existsSync(path));
  if (absent) misused(`${absent} is not there: run npm test first`);
  const titles = values.results.flatMap((path) =>
    passingTitles(JSON.parse(readFileSync(path, 'utf8'))),
  );
  const rows = rowsOf(readFileSync('docs/contract.md', 'utf8'));
  const { direct, substitutes } = carriedBy(titles);
  const missing = rows.filter(({ id }) => !direct.has(id) && !substitutes.has(id));
  for (const { id, promise } of missing) console.log(`missing  ${id.padEnd(5)} ${promise}`);
  for (const [id, what] of substitutes) {
    if (!direct.has(id)) console.log(`by substitute  ${id}: ${what}`);
  }
  console.log(
    `${rows.length - missing.length} of ${rows.length} promises are carried by a passing test`,
  );
  if (missing.length > 0 && !values['allow-missing']) process.exitCode = 1;
}

if (process.argv[1]?.endsWith('contract.mjs')) main();
