/**
 * Under root the data of PostgreSQL lies outside the state it belongs to. When such a state was in
 * the folder for temporary files and is gone, nobody will come back for its data.
 */
import { existsSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { cacheDirectory, isRoot } from './directories.mjs';
import { stopPostgres } from './postgres.mjs';

/** Beside the data: the link that leads to it. */
const OWNER = 'owner';

/** @param {string} home @param {string} stateDirectory */
export function rememberOwner(home, stateDirectory) {
  if (isRoot()) writeFileSync(join(home, OWNER), join(stateDirectory, 'postgres'));
}

function isAbandoned(home) {
  if (!existsSync(join(home, OWNER))) return false;
  const link = readFileSync(join(home, OWNER), 'utf8');
  if (!link.startsWith(tmpdir() + sep)) return false;
  try {
    return readlinkSync(link) !== home;
  } catch {
    return true;
  }
}

/** @param {NodeJS.ProcessEnv} env */
export async function removeAbandoned(env) {
  const homes = join(cacheDirectory(env), 'states');
  if (!isRoot() || !existsSync(homes)) return;
  for (const home of readdirSync(homes).map((name) => join(homes, name))) {
    if (!isAbandoned(home)) continue;
    await stopPostgres(home, { signal: 'SIGQUIT' });
    await rm(home, { recursive: true, force: true });
  }
}
