/** `npm run stop` and `npm run reset`. */
import { existsSync, lstatSync, rmSync, rmdirSync } from 'node:fs';
import { endLeftApps } from './app-processes.mjs';
import { endProcess } from './processes.mjs';
import { dataOf, stopServers } from './servers.mjs';
import { State, stateDirectory } from './state.mjs';

/** The launcher's own order of ending takes up to some seconds. */
const LAUNCHER_GRACE_MS = 15_000;

/** Everything in the folder of a state that is ours; what else lies there is not touched. */
const files = ['keys', 'passwords.json', 'state.json', 'launcher.json'];

async function stopAll(state) {
  const { launcher } = state;
  if (launcher) await endProcess(launcher.pid, { graceMs: LAUNCHER_GRACE_MS });
  // Whatever a launcher that was killed has left.
  const apps = await endLeftApps(state.facts.apps);
  const servers = await stopServers(state);
  if (launcher) return `stopped what ran at ${launcher.url}`;
  if (apps === 0 && servers.length === 0) return 'nothing was running';
  return `stopped ${[...(apps > 0 ? ['apps'] : []), ...servers].join(', ')}`;
}

/** @returns {Promise<number>} the exit code */
export async function stop(options, { progress }) {
  const directory = stateDirectory(options.state);
  const state = new State(directory);
  progress.say(existsSync(directory) ? await stopAll(state) : 'nothing was running');
  return 0;
}

/** @returns {Promise<number>} the exit code */
export async function reset(options, { progress }) {
  const directory = stateDirectory(options.state);
  if (!existsSync(directory)) {
    progress.say(`nothing to remove: there is no ${directory}`);
    return 0;
  }
  const state = new State(directory);
  progress.say(await stopAll(state));
  const paths = [
    ...dataOf(state),
    state.path('postgres'),
    ...files.map((name) => state.path(name)),
  ];
  for (const path of paths) {
    if (!lstatSync(path, { throwIfNoEntry: false })) continue;
    rmSync(path, { recursive: true });
    progress.say(`removed ${path}`);
  }
  removeIfEmpty(directory);
  return 0;
}

function removeIfEmpty(directory) {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  }
}
