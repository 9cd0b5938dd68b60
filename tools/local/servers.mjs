/** The PostgreSQL and the Redis of one instance: given, adopted or started. */
import { rememberOwner, removeAbandoned } from './abandoned.mjs';
import { makePostgresHome, postgresHome } from './directories.mjs';
import { freePort } from './ports.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { postgresUrl, runningPostgres, startPostgres, stopPostgres } from './postgres.mjs';
import { findRedis } from './redis-source.mjs';
import { redisUrl, runningRedis, startRedis, stopRedis } from './redis.mjs';

const DATABASE = 'courtside';
export const POSTGRES_PORT = 5432;
export const REDIS_PORT = 6379;

/** A commit need not wait for the disk on a laptop; what is written is still never torn. */
const laptop = { synchronous_commit: 'off', shared_buffers: '64MB', max_connections: '200' };

/**
 * @typedef {{ url: string, what: string, note?: string, lack?: string, isGiven?: boolean }} Server
 */

/** @param {import('./state.mjs').State} state @returns {Promise<Server>} */
export async function openPostgres(state, env, { avoid }) {
  // Imported late, since it needs what npm installs and stopping needs none of it.
  const { ensureDatabase, versionOf } = await import('./provision.mjs');
  if (env.DATABASE_URL) {
    const version = await versionOf(env.DATABASE_URL);
    return { url: env.DATABASE_URL, what: `PostgreSQL ${version} of DATABASE_URL` };
  }
  const binaries = await postgresBinaries(env);
  await removeAbandoned(env);
  const home = makePostgresHome(state.directory, env);
  rememberOwner(home, state.directory);
  const preferred = runningPostgres(home)
    ? undefined
    : await freePort(state.facts.ports?.postgres ?? POSTGRES_PORT, avoid);
  const started = { binaries, home, port: preferred, settings: laptop, env };
  const { port, adopted } = await startPostgres(started);
  state.rememberPort('postgres', port);
  await ensureDatabase(postgresUrl(home, port), DATABASE);
  const how = adopted ? 'found running' : 'embedded';
  const version = binaries.version.replace(/-.*/, '');
  return {
    url: postgresUrl(home, port, DATABASE),
    what: `PostgreSQL ${version}, ${how}, port ${port}`,
  };
}

const redisHome = (state) => state.path('redis');

const wanted =
  'For a real one install redis-server 7.0+ or valkey-server, or set REDIS_URL or VALKEY_BIN.';

function withoutRedis(refusals) {
  const reason = refusals.length > 0 ? ` (${refusals.join('; ')})` : '';
  return {
    url: 'memory:',
    what: 'no Redis, messages stay inside this process',
    lack: `None is here${reason}. ${wanted}`,
    note: `Without a Redis messages live in memory and are lost when this stops${reason}. ${wanted}`,
  };
}

/** @param {import('./state.mjs').State} state @returns {Promise<Server>} */
export async function openRedis(state, env, { memory, avoid }) {
  if (memory) return withoutRedis([]);
  if (env.REDIS_URL) return { url: env.REDIS_URL, what: 'Redis of REDIS_URL', isGiven: true };
  const { source, refusals } = await findRedis(env);
  if (!source) return withoutRedis(refusals);
  const home = redisHome(state);
  const preferred = runningRedis(home)
    ? undefined
    : await freePort(state.facts.ports?.redis ?? REDIS_PORT, avoid);
  const started = { program: source.program, home, port: preferred, keeps: true };
  const { port, adopted } = await startRedis(started);
  state.rememberPort('redis', port);
  const which = `${source.name} ${source.version}`;
  const why = adopted ? 'found running' : source.why;
  return { url: redisUrl(home, port), what: `${which}, ${why}, port ${port}` };
}

/** Redis first: PostgreSQL is the record and ends last. @returns {Promise<string[]>} the stopped */
export async function stopServers(state) {
  const stopped = [];
  if (await stopRedis(redisHome(state))) stopped.push('Redis');
  if (await stopPostgres(postgresHome(state.directory))) stopped.push('PostgreSQL');
  return stopped;
}

export function runningServers(state) {
  return {
    postgres: runningPostgres(postgresHome(state.directory)),
    redis: runningRedis(redisHome(state)),
  };
}

/** The folders with data, for reset. */
export const dataOf = (state) => [redisHome(state), postgresHome(state.directory)];
