/** Runs the embedded PostgreSQL: a data folder from a template, start, adoption, stop. */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, closeSync, existsSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cacheDirectory, unprivileged } from './directories.mjs';
import { endProcess, isAlive, processDirectory, processesIn } from './processes.mjs';

const run = promisify(execFile);
const START_DEADLINE_MS = 30_000;
const STOP_GRACE_MS = 5_000;
const POLL_MS = 20;

/** Nothing of the caller's: PG* and LC_* variables would change what the server does. */
const cleanEnvironment = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };

/**
 * A folder with a fresh data folder and the password of its superuser. initdb takes seconds, a
 * copy does not: so it runs once per user and PostgreSQL version.
 */
async function templateFor(binaries, env) {
  const template = join(cacheDirectory(env), `postgres-template-${binaries.version}`);
  if (existsSync(join(template, 'password'))) return template;
  const draft = `${template}.${process.pid}`;
  const data = join(draft, 'data');
  const password = randomBytes(18).toString('base64url');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await chmod(draft, 0o711);
  await writeFile(join(draft, 'password'), password, { mode: 0o600 });
  const owner = unprivileged();
  if (owner.uid !== undefined) chownSync(data, owner.uid, owner.gid);
  await makeDataDirectory(binaries, data, password);
  await rename(draft, template).catch(async (error) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(join(template, 'password'))) throw error;
  });
  return template;
}

/** The built-in locale needs none of the system's; durability is not asked of a template. */
async function makeDataDirectory(binaries, data, password) {
  const passwordFile = `${data}.password`;
  const owner = unprivileged();
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (owner.uid !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  const locale = ['--no-locale', '-E', 'UTF8', '--locale-provider=builtin'];
  const access = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  const rest = ['--builtin-locale=C.UTF-8', '--no-sync', '--no-instructions', '-D', data];
  await run(join(binaries.directory, 'initdb'), [...locale, ...access, ...rest], {
    ...owner,
    env: cleanEnvironment,
    cwd: data,
  });
  await rm(passwordFile);
}

function refuseOtherMajor({ version }, home) {
  const written = readFileSync(join(home, 'data', 'PG_VERSION'), 'utf8').trim();
  if (written === version.split('.')[0]) return;
  throw new Error(
    `The data in ${home} is of PostgreSQL ${written} and ${version} is installed: ` +
      'keep both apart with --state, or give the data up with `npm run reset`.',
  );
}

/** Makes the data folder of `home` unless it is there. */
async function ensureData(binaries, home, env) {
  if (existsSync(join(home, 'password'))) return refuseOtherMajor(binaries, home);
  const template = await templateFor(binaries, env);
  await rm(join(home, 'data'), { recursive: true, force: true });
  await mkdir(home, { recursive: true, mode: 0o711 });
  const clone = process.platform === 'darwin' ? '-ac' : '-a';
  await run('cp', [clone, join(template, 'data'), join(home, 'data')]);
  // The password is copied last: it says that the rest is complete.
  await run('cp', [clone, join(template, 'password'), join(home, 'password')]);
}

function postmasterLines(home) {
  try {
    return readFileSync(join(home, 'data', 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

/** The server that runs on the data of `home`, whoever started it. */
export function runningPostgres(home) {
  const [pid, , , port] = postmasterLines(home);
  if (!isAlive(Number(pid))) return undefined;
  if (processDirectory(Number(pid)) !== realpathSync(join(home, 'data'))) return undefined;
  return { pid: Number(pid), port: Number(port) };
}

export function postgresUrl(home, port, database = 'postgres') {
  const password = readFileSync(join(home, 'password'), 'utf8');
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

function complain(home, what) {
  const log = join(home, 'postgres.log');
  const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n  ');
  return new Error(`PostgreSQL ${what}. The end of ${log}:\n  ${tail}`);
}

async function untilReady(home, child) {
  const end = Date.now() + START_DEADLINE_MS;
  while (postmasterLines(home)[7]?.trim() !== 'ready') {
    const ended = child.exitCode ?? child.signalCode;
    if (ended !== null) throw complain(home, `ended at once (${ended})`);
    if (Date.now() > end) throw complain(home, `was not ready in ${START_DEADLINE_MS / 1000} s`);
    await wait(POLL_MS);
  }
}

/**
 * What a server that was killed leaves keeps the next from starting: a pid file whose number may
 * belong to anyone now, and sessions that have not yet seen that their server is gone.
 */
async function clearRemains(home) {
  const data = join(home, 'data');
  await rm(join(data, 'postmaster.pid'), { force: true });
  const orphans = processesIn(realpathSync(data));
  const options = { signal: 'SIGKILL', graceMs: STOP_GRACE_MS };
  await Promise.all(orphans.map((pid) => endProcess(pid, options)));
}

/**
 * @param {{ binaries: object, home: string, port: number, settings: Record<string, string>,
 *   env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ pid: number, port: number, adopted: boolean }>}
 */
export async function startPostgres({ binaries, home, port, settings, env = process.env }) {
  await ensureData(binaries, home, env);
  const running = runningPostgres(home);
  if (running) return { ...running, adopted: true };
  await clearRemains(home);
  const log = openSync(join(home, 'postgres.log'), 'w', 0o600);
  const fixed = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '' };
  const flags = Object.entries({ ...fixed, ...settings }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
  const data = join(home, 'data');
  const child = spawn(join(binaries.directory, 'postgres'), ['-D', data, ...flags], {
    ...unprivileged(),
    env: cleanEnvironment,
    cwd: data,
    // A group of its own: Ctrl-C is for the launcher, which stops the servers last.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  await once(child, 'spawn');
  await untilReady(home, child);
  return { pid: child.pid, port, adopted: false };
}

/** SIGINT is PostgreSQL's fast shutdown: it ends the sessions and writes what is open. */
export async function stopPostgres(home, { signal = 'SIGINT' } = {}) {
  const running = runningPostgres(home);
  if (running) await endProcess(running.pid, { signal, graceMs: STOP_GRACE_MS });
  return running;
}
