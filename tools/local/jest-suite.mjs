/** A suite of its own that needs more than Node: says what is missing, runs, and keeps its results. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './install.mjs';
import { countsOf } from './jest-results.mjs';

/** Programs that are not on PATH, one sentence each. */
export const missingPrograms = (names) =>
  names
    .filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error)
    .map((name) => `${name} is not on PATH`);

/**
 * Runs the project of jest by its name.
 * @param {{ project: string, help: string, missing: () => string[], env: Record<string, string> }} suite
 * @param {string[]} given arguments, for jest
 * @returns {Promise<number>} the exit code: 2 when something is missing
 */
export async function runSuite({ project, help, missing, env }, given) {
  if (given.includes('--help')) {
    console.log(help);
    return 0;
  }
  const faults = missing();
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\n\n${help}`);
    return 2;
  }
  const resultsFile = join(root, '.courtside', `${project}-results.json`);
  await mkdir(dirname(resultsFile), { recursive: true });
  await rm(resultsFile, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const report = ['--json', `--outputFile=${resultsFile}`, '--verbose', '--runInBand'];
  const args = [jest, ...report, ...given, '--selectProjects', project];
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  const { passed, failed } = countsOf(JSON.parse(await readFile(resultsFile, 'utf8')));
  console.log(`${passed} passed, ${failed} failed`);
  return code ?? 1;
}
