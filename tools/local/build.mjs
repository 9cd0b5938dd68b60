/** Compiles the apps and libraries when a source has changed since the last time. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endWithUs, readStamp, root, stampFile, writeStamp } from './install.mjs';
import { alone } from './lock.mjs';

function projects() {
  const config = JSON.parse(readFileSync(join(root, 'tsconfig.build.json'), 'utf8'));
  return config.references.map(({ path }) => join(root, path));
}

function* sourcesBelow(directory) {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* sourcesBelow(path);
    else if (!entry.name.endsWith('.spec.ts')) yield path;
  }
}

const sourcesOf = (directory) =>
  existsSync(join(directory, 'src')) ? [...sourcesBelow(join(directory, 'src'))] : [];

/** Size and time of each source: reading them all would cost more than it saves. */
function fingerprint(directories) {
  const hash = createHash('sha256').update(process.version);
  const configs = ['tsconfig.base.json', 'tsconfig.build.json', 'package-lock.json'];
  const files = directories.flatMap((directory) => [
    join(directory, 'tsconfig.json'),
    ...sourcesOf(directory),
  ]);
  for (const file of [...configs.map((name) => join(root, name)), ...files].sort()) {
    const { size, mtimeMs } = statSync(file);
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Whether every project that has sources has been compiled at some time. */
const isComplete = (directories) =>
  directories.every(
    (directory) => existsSync(join(directory, 'dist')) || sourcesOf(directory).length === 0,
  );

async function compile(force) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const flags = ['-b', 'tsconfig.build.json', '--noCheck', ...(force ? ['--force'] : [])];
  const child = spawn(process.execPath, [tsc, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (bytes) => {
    output += bytes;
  });
  endWithUs(child);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The sources do not compile.\n${output.trim()}`);
}

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureBuilt(progress) {
  const directories = projects();
  await alone(stampFile('build.lock'), async () => {
    const wanted = fingerprint(directories);
    const hasAll = isComplete(directories);
    if (hasAll && readStamp('build') === wanted) return;
    // Where only dist was removed, the compiler's own notes still call it up to date.
    await progress.step(
      'building',
      () => compile(!hasAll),
      () => 'built',
    );
    writeStamp('build', wanted);
  });
}

/**
 * Loads one file that the build made: the whole of a library would load NestJS here.
 * @param {...string} path of it below `libs`
 */
export const built = (...path) => import(pathToFileURL(join(root, 'libs', ...path)).href);
