/** Installs the dependencies when they are missing or older than the lock file. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Below node_modules, so that what they vouch for and the stamps vanish together. */
export const stampFile = (name) => join(root, 'node_modules', '.courtside', name);

export function writeStamp(name, value) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), value);
}

export function readStamp(name) {
  return existsSync(stampFile(name)) ? readFileSync(stampFile(name), 'utf8') : undefined;
}

/** Native programs are installed per system, so a checkout moved to another one is stale. */
function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  return `${process.platform}-${process.arch} ${hash}`;
}

/** Someone who ran `npm ci` by hand left no stamp of ours, but npm's own list of what it did. */
function installedByHand() {
  const list = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  return existsSync(list) && statSync(list).mtimeMs >= statSync(lock).mtimeMs;
}

/** @returns {'installed' | 'missing' | 'stale'} */
export function installState() {
  if (!existsSync(join(root, 'node_modules'))) return 'missing';
  const stamp = readStamp('install');
  if (stamp === undefined) return installedByHand() ? 'installed' : 'stale';
  return stamp === wantedStamp() ? 'installed' : 'stale';
}

/** Started by npm, the same npm; started by node, the one on PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js')) return { command: process.execPath, first: [script] };
  return { command: 'npm', first: [] };
}

/** A launcher that ends early leaves no installer or compiler at work. */
export function endWithUs(child) {
  const end = () => child.kill();
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
}

async function npmCi() {
  const { command, first } = npmCommand();
  // Whatever NODE_ENV says: the compiler is a development dependency.
  const flags = ['ci', '--include=dev', '--include=optional', '--prefer-offline', '--no-audit'];
  const child = spawn(command, [...first, ...flags, '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (bytes) => {
    complaints += bytes;
  });
  endWithUs(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(refusal(complaints));
}

function refusal(complaints) {
  const offline = /ENOTFOUND|EAI_AGAIN|ENOTCACHED|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(
    complaints,
  );
  const remedy = offline
    ? 'The package registry cannot be reached: connect once, run `npm ci`, and it works offline from then on.'
    : 'Run `npm ci` to see it in full.';
  return `The dependencies could not be installed. ${remedy}\n${complaints.trim().slice(-2_000)}`;
}

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureInstalled(progress) {
  if (installState() !== 'installed') {
    await progress.step('installing dependencies', npmCi, () => 'dependencies installed');
  }
  if (readStamp('install') === undefined) writeStamp('install', wantedStamp());
}
