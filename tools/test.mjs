/**
 * `npm test [-- --unit | --suite NAME | any argument of jest]`: installs when needed and runs the specs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureInstalled, root } from './local/install.mjs';
import { countsOf } from './local/jest-results.mjs';
import { makeProgress } from './local/progress.mjs';
import { jestArguments, passedBySuite } from './suites.mjs';

/** Kept, for whoever wants to know more than the last line says. */
const resultsFile = join(root, '.courtside', 'test-results.json');

/** The promises that were not put to the test, file by file. */
export function notRun(results) {
  return results.testResults.flatMap(({ name, assertionResults }) => {
    const pending = assertionResults.filter(({ status }) => status === 'pending').length;
    return pending === 0 ? [] : [`${pending} of ${name.replace(`${root}/`, '')}`];
  });
}

async function runJest(given) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const report = ['--json', `--outputFile=${resultsFile}`];
  const child = spawn(process.execPath, [jest, ...report, ...given], {
    cwd: root,
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  // Ctrl-C reaches jest as well, which takes its servers down; this process waits for that.
  process.on('SIGINT', () => undefined);
  const [code] = await once(child, 'exit');
  return code ?? 1;
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
  let given;
  try {
    given = jestArguments(process.argv.slice(2), root);
  } catch (error) {
    console.error(error.message);
    return 2;
  }
  await ensureInstalled(makeProgress(process.stdout));
  await mkdir(dirname(resultsFile), { recursive: true, mode: 0o700 });
  await rm(resultsFile, { force: true });
  const code = await runJest(given);
  if (!existsSync(resultsFile)) {
    console.error('The run ended before it had a result.');
    console.log('0 passed, 1 failed');
    return code || 1;
  }
  const results = JSON.parse(await readFile(resultsFile, 'utf8'));
  await sayWhatWasNotRun(results);
  sayWhatPassed(results);
  const { passed, failed } = countsOf(results);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? code || 1 : code;
}

process.exitCode = await main();
