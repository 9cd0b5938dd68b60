/** Where binaries, templates and data of the local servers are kept. */
import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** PostgreSQL refuses to run as root; under root its processes get this uid (nobody) instead. */
const UNPRIVILEGED_ID = 65534;

export const isRoot = () => process.getuid?.() === 0;

/** @returns {{ uid?: number, gid?: number }} spawn options of a process that must not be root */
export const unprivileged = () => (isRoot() ? { uid: UNPRIVILEGED_ID, gid: UNPRIVILEGED_ID } : {});

/** A folder that is ours alone to write; under root others may pass through it to what is theirs. */
function privateDirectory(path) {
  mkdirSync(path, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
  const { uid, mode } = statSync(path);
  if (process.getuid && uid !== process.getuid()) {
    throw new Error(`The folder ${path} belongs to another user (uid ${uid}).`);
  }
  if (isRoot()) chmodSync(path, 0o755);
  else if (mode & 0o022) chmodSync(path, 0o700);
  return path;
}

function firstUsable(candidates) {
  const refusals = [];
  for (const candidate of candidates.filter(Boolean)) {
    try {
      return privateDirectory(candidate);
    } catch (error) {
      refusals.push(error.message);
    }
  }
  throw new Error(`No folder to keep servers in: ${refusals.join(' ')} Set COURTSIDE_CACHE.`);
}

/** Binaries and templates, the same for every checkout and state of this user. */
export function cacheDirectory(env = process.env) {
  if (env.COURTSIDE_CACHE) return privateDirectory(env.COURTSIDE_CACHE);
  if (isRoot()) return firstUsable(['/var/cache/courtside', join(tmpdir(), 'courtside-root')]);
  const xdg = env.XDG_CACHE_HOME && join(env.XDG_CACHE_HOME, 'courtside');
  const temporary = join(tmpdir(), `courtside-${process.getuid?.()}`);
  return firstUsable([xdg, join(homedir(), '.cache', 'courtside'), temporary]);
}

/**
 * A folder in the cache for the data of servers. Under root others may pass through it, since
 * PostgreSQL has another uid there.
 */
export function serverHome(name, env = process.env) {
  const home = join(cacheDirectory(env), 'states', name);
  mkdirSync(home, { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  return home;
}

const isLink = (path) => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;

/** Where the PostgreSQL server of a state lives, or would. */
export function postgresHome(stateDirectory) {
  const home = join(stateDirectory, 'postgres');
  return isLink(home) ? readlinkSync(home) : home;
}

/**
 * Makes that place. Root keeps it out of the state, since a folder below a home of mode 700 cannot
 * be reached by the server's uid; a link in the state leads to it.
 */
export function makePostgresHome(stateDirectory, env) {
  const home = join(stateDirectory, 'postgres');
  const isThere = lstatSync(home, { throwIfNoEntry: false });
  if (isThere && isRoot() !== isThere.isSymbolicLink()) {
    throw new Error(
      `The data of ${stateDirectory} was made ${isRoot() ? 'by a user, not by root' : 'by root'}: ` +
        'start as before, or choose another folder with --state.',
    );
  }
  if (isRoot() && !isThere) symlinkSync(serverHome(randomBytes(8).toString('hex'), env), home);
  // Behind a link it may be gone: someone cleared the cache.
  mkdirSync(postgresHome(stateDirectory), { recursive: true, mode: isRoot() ? 0o711 : 0o700 });
  return postgresHome(stateDirectory);
}
