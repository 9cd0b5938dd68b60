/** Runs Jest, whose results stay for `npm run contract`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { root } from './install.mjs';
import { countsOf } from './jest-results.mjs';

/**
 * What tests leave behind lies in a folder of this run, and goes with it.
 * @param {object} options `results`: the file, below `.courtside`; `args` for Jest; `env` beside what is
 *   there already; `tell`: says more of the results, before the last line says how many passed
 * @returns {Promise<number>} the exit code, when it has said how many passed
 */
export async function runJest({ results, args, env, tell }) {
  const file = resolve(root, '.courtside', results);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  const temporary = await mkdtemp(join(tmpdir(), 'courtside-tests-'));
  // Servers that run as somebody else have folders of their own in it.
  await chmod(temporary, 0o755);
  const code = await ended(file, args, { ...process.env, ...env, TMPDIR: temporary }).finally(() =>
    rm(temporary, { recursive: true, force: true }),
  );
  if (!existsSync(file)) {
    console.error('The run ended before it had a result.');
    console.log('0 passed, 1 failed');
    return code || 1;
  }
  const found = JSON.parse(await readFile(file, 'utf8'));
  await tell?.(found);
  const { passed, failed } = countsOf(found);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? code || 1 : code;
}

async function ended(file, args, env) {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const child = spawn(process.execPath, [jest, '--json', `--outputFile=${file}`, ...args], {
    ...{ cwd: root, env },
    stdio: ['inherit', 'ignore', 'inherit'],
  });
  // Ctrl-C reaches jest as well, which takes its servers down; this process waits for that.
  process.on('SIGINT', () => undefined);
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
