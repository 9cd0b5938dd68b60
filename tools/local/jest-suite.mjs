/** A suite of its own that needs more than Node: says what is missing, runs, and keeps its results. */
import { spawnSync } from 'node:child_process';
import { runJest } from './jest-run.mjs';

/** Programs that are not on PATH, one sentence each. */
export const missingPrograms = (names) =>
  names
    .filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error)
    .map((name) => `${name} is not on PATH`);

/**
 * Runs the project of jest by its name.
 * @param {{ project: string, help: string, missing: () => string[], env: Record<string, string>, how?: string[] }} suite
 *   `how` jest goes about it: file by file, telling every test, unless it says otherwise
 * @param {string[]} given arguments, for jest
 * @returns {Promise<number>} the exit code: 2 when something is missing
 */
export async function runSuite(suite, given) {
  const { project, help, missing, env, how = ['--verbose', '--runInBand'] } = suite;
  if (given.includes('--help')) {
    console.log(help);
    return 0;
  }
  const faults = missing();
  if (faults.length > 0) {
    console.error(`${faults.join('\n')}\n\n${help}`);
    return 2;
  }
  return runJest({
    results: `${project}-results.json`,
    args: [...how, ...given, '--selectProjects', project],
    env,
  });
}
