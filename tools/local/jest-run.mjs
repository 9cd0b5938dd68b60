/** Runs Jest for a suite of its own, whose results stay for `npm run contract`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from './install.mjs';
import { countsOf } from './jest-results.mjs';

/**
 * @param {object} options `results`: the file, below `.courtside`; `args` for Jest; `env` beside what is
 *   there already
 * @returns {Promise<number>} the exit code, when it has said how many passed
 */
export async function runJest({ results, args, env }) {
  const file = join(root, '.courtside', results);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, '--json', `--outputFile=${file}`, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (!existsSync(file)) {
    console.error('The run ended before it had a result.');
    return code || 1;
  }
  const { passed, failed } = countsOf(JSON.parse(await readFile(file, 'utf8')));
  console.log(`${passed} passed, ${failed} failed`);
  return code ?? 1;
}
