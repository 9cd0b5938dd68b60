/** The launcher's side of the processes in which apps run. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { root } from './install.mjs';
import { endProcess, processStart } from './processes.mjs';
import { isStillRunning } from './state.mjs';

const START_DEADLINE_MS = 60_000;
const STOP_GRACE_MS = 2_800;
const COLOURS = [36, 33, 35, 32, 34, 31];

/** The program of such a process; a spec may name a stand-in. */
export const appsEntry = fileURLToPath(new URL('./apps.mjs', import.meta.url));

/** Each line of a process that is one of many says whose it is. */
function prefixLines(child, name, index) {
  const colour = process.stdout.isTTY ? COLOURS[index % COLOURS.length] : undefined;
  const prefix = `${name.padEnd(8)} | `;
  const shown = colour ? `\x1b[${colour}m${prefix}\x1b[0m` : prefix;
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    createInterface({ input: from }).on('line', (line) => to.write(`${shown}${line}\n`));
  }
}

/** One process of the group, which has begun to load its apps. */
class AppProcess {
  constructor({ names, entry, env, label, index }) {
    this.names = names;
    this.title = label ?? 'apps';
    this.child = fork(entry, names, {
      cwd: root,
      env,
      // A group of its own: Ctrl-C is for the launcher, which ends things in order.
      detached: true,
      stdio: label ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    if (label) prefixLines(this.child, label, index);
    this.ended = once(this.child, 'exit').then(([code, signal]) => code ?? signal);
  }

  get running() {
    return { pid: this.child.pid, start: processStart(this.child.pid) };
  }

  async start(environments) {
    const own = Object.fromEntries(this.names.map((name) => [name, environments[name]]));
    this.child.send({ environments: own }, () => undefined);
    const late = AbortSignal.timeout(START_DEADLINE_MS);
    const outcome = await Promise.race([
      once(this.child, 'message', { signal: late }).then(() => 'ready'),
      this.ended,
    ]).catch(() => `nothing for ${START_DEADLINE_MS / 1000} s`);
    if (outcome !== 'ready') throw new Error(`${this.title} did not start (${outcome}).`);
  }

  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    await endProcess(this.child.pid, { graceMs: STOP_GRACE_MS });
  }
}

/**
 * Begins the processes: one for all apps, or one for each.
 * @param {{ apps: string[], split: boolean, entry: string, env: NodeJS.ProcessEnv }} options
 */
export function beginApps({ apps, split, entry, env }) {
  // The administrators' addresses are for the launcher; each app is sent those of its own users.
  const { DATABASE_URL: _database, REDIS_URL: _bus, ...rest } = env;
  const groups = split ? apps.map((name) => [name]) : [apps];
  const processes = groups.map(
    (names, index) =>
      new AppProcess({ names, entry, env: rest, index, label: split ? names[0] : undefined }),
  );
  return {
    running: processes.map((each) => each.running),
    start: (environments) => Promise.all(processes.map((each) => each.start(environments))),
    stop: () => Promise.all(processes.map((each) => each.stop())),
    /** Resolves with a sentence when a process ends by itself. */
    broken: Promise.race(
      processes.map(async (each) => `${each.title} ended (${await each.ended}).`),
    ),
  };
}

/** Ends what a launcher that was killed has left. */
export async function endLeftApps(left = []) {
  const alive = left.filter(isStillRunning);
  await Promise.all(alive.map(({ pid }) => endProcess(pid, { graceMs: STOP_GRACE_MS })));
  return alive.length;
}
