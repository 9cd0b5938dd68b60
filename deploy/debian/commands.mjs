/** Runs programs, also as other users, and says what failed. */
import { spawnSync } from 'node:child_process';

/** Something did not work, in a sentence that a person can act on. */
export class Failed extends Error {}

/**
 * @param {string[]} command
 * @param {{ as?: string, env?: Record<string, string>, cwd?: string, shows?: boolean, mayFail?: boolean }} [how]
 *   `shows` lets it speak for itself
 * @returns {{ status: number, stdout: string }}
 */
export function run(command, { as, env, cwd = '/', shows = false, mayFail = false } = {}) {
  const [program, ...args] = as ? [...asUser(as), ...command] : command;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: env ?? process.env,
    encoding: 'utf8',
    stdio: ['ignore', shows ? 'inherit' : 'pipe', shows ? 'inherit' : 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new Failed(`${program} cannot be run: ${error.message}`);
  if (status !== 0 && !mayFail) {
    throw new Failed(`${command.join(' ')}\nended with ${status}\n${(stderr ?? '').slice(-4_000)}`);
  }
  return { status, stdout: stdout ?? '' };
}

/** The words before a command that give it another user, and no more than that. */
export const asUser = (user, ...more) => [
  ...['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'],
  ...more,
];

export const say = (text) => console.log(`== ${text}`);
