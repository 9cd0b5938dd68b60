/**
 * `npm test [-- --unit | --suite NAME | any argument of jest]`: installs when needed and runs the specs.
 */
import { ensureInstalled, root } from './local/install.mjs';
import { runJest } from './local/jest-run.mjs';
import { makeProgress } from './local/progress.mjs';
import { jestArguments, passedBySuite } from './suites.mjs';

/** The promises that were not put to the test, file by file. */
function notRun(results) {
  return results.testResults.flatMap(({ name, assertionResults }) => {
    const pending = assertionResults.filter(({ status }) => status === 'pending').length;
    return pending === 0 ? [] : [`${pending} of ${name.replace(`${root}/`, '')}`];
  });
}

async function sayWhatWasNotRun(results) {
  const files = notRun(results);
  if (files.length === 0) return;
  const { findRedis } = await import('./local/redis-source.mjs');
  const { source, refusals } = await findRedis(process.env, { mayFetch: false });
  const reason = source ? '' : ` (no Redis or Valkey could be had: ${refusals.join('; ')})`;
  console.log(`Not run${reason}: ${files.join(', ')}`);
}

const sayWhatPassed = (results) => {
  const counts = Object.entries(passedBySuite(results, root)).filter(([, count]) => count > 0);
  console.log(counts.map(([suite, count]) => `${suite} ${count} passed`).join(', '));
};

async function main() {
  let args;
  try {
    args = jestArguments(process.argv.slice(2), root);
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  await ensureInstalled(makeProgress(process.stdout));
  return runJest({
    ...{ results: 'test-results.json', args },
    tell: async (results) => {
      await sayWhatWasNotRun(results);
      sayWhatPassed(results);
    },
  });
}

process.exitCode = await main();
