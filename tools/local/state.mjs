/** The folder that remembers one instance: its ports, secrets, keys, data and who runs it. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { isAlive, processStart } from './processes.mjs';
import { root } from './install.mjs';

const SECRET_BYTES = 18;

/** @typedef {{ pid: number, start?: string }} Running a process that can be told from a later one */

export const self = () => ({ pid: process.pid, start: processStart(process.pid) });

/** @param {Running | undefined} running */
export function isStillRunning(running) {
  return Boolean(running) && isAlive(running.pid) && processStart(running.pid) === running.start;
}

function readJson(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // Cut short by a crash. Everything in these files can be chosen anew.
    return undefined;
  }
}

function writeJson(file, value) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** @param {string | undefined} given the value of --state */
export function stateDirectory(given) {
  return given ? resolve(given) : join(root, '.courtside');
}

/** Makes the folder, private, when it is not there. */
export function openState(directory) {
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new Error(`--state wants a folder and ${directory} is a file.`);
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return new State(directory);
}

export class State {
  /** @param {string} directory */
  constructor(directory) {
    this.directory = directory;
  }

  path(...names) {
    return join(this.directory, ...names);
  }

  get facts() {
    return readJson(this.path('state.json')) ?? {};
  }

  remember(facts) {
    writeJson(this.path('state.json'), { ...this.facts, ...facts });
  }

  rememberPort(name, port) {
    this.remember({ ports: { ...this.facts.ports, [name]: port } });
    return port;
  }

  /** One password per name, made once. */
  passwords(names) {
    const file = this.path('passwords.json');
    const saved = readJson(file) ?? {};
    const made = names.filter((name) => !saved[name]);
    for (const name of made) saved[name] = randomBytes(SECRET_BYTES).toString('base64url');
    if (made.length > 0) writeJson(file, saved);
    return saved;
  }

  /** @returns {(Running & { url?: string, ready?: boolean }) | undefined} the live launcher */
  get launcher() {
    const launcher = readJson(this.path('launcher.json'));
    return isStillRunning(launcher) ? launcher : undefined;
  }

  /**
   * Of two launchers that begin at once one wins.
   * @returns {boolean} whether this process holds the state now
   */
  claim(url) {
    const file = this.path('launcher.json');
    if (this.launcher) return false;
    rmSync(file, { force: true });
    try {
      writeFileSync(file, JSON.stringify({ ...self(), url }), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if (error.code === 'EEXIST') return false;
      throw error;
    }
  }

  claimReady(url) {
    writeJson(this.path('launcher.json'), { ...self(), url, ready: true });
  }

  release() {
    if (this.launcher?.pid === process.pid) unlinkSync(this.path('launcher.json'));
  }
}
