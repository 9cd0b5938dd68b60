/**
 * Runs in a process of its own, started by a test run: brings up PostgreSQL and Redis for specs and
 * takes both down when that run ends in any way, which it notices by its channel being closed.
 */
import { existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { serverHome } from './directories.mjs';
import { freePort } from './ports.mjs';
import { postgresBinaries } from './postgres-binaries.mjs';
import { postgresUrl, startPostgres, stopPostgres } from './postgres.mjs';
import { isAlive } from './processes.mjs';
import { findBoth, findRedis } from './redis-source.mjs';
import { redisUrl, startRedis, stopRedis } from './redis.mjs';

/** Specs never look at data after a crash, so nothing waits for a disk. */
const hasty = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '64MB',
  max_connections: '200',
  autovacuum: 'off',
};

const home = serverHome(`test-${process.pid}`);
const homes = { postgres: join(home, 'postgres'), redis: join(home, 'redis') };

/** What runs whose servers could not be taken down have left. */
async function removeLeftovers() {
  const [parent, prefix] = [dirname(home), basename(home).replace(/\d+$/, '')];
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent).filter((entry) => entry.startsWith(prefix))) {
    if (isAlive(Number(name.slice(prefix.length)))) continue;
    await stopPostgres(join(parent, name, 'postgres'), { signal: 'SIGQUIT' });
    await stopRedis(join(parent, name, 'redis'));
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function postgresForTests() {
  if (process.env.TEST_DATABASE_URL) return process.env.TEST_DATABASE_URL;
  const port = await freePort();
  await startPostgres({
    binaries: await postgresBinaries(),
    home: homes.postgres,
    port,
    settings: hasty,
  });
  return postgresUrl(homes.postgres, port);
}

/** The server for all specs, and the program for those that kill one of their own. */
async function redisForTests() {
  const { source } = await findRedis(process.env);
  const program = source?.program ? { TEST_REDIS_PROGRAM: source.program } : {};
  const given = process.env.TEST_REDIS_URL || (source ? undefined : 'none');
  if (given) return { TEST_REDIS_URL: given, ...program };
  const port = await freePort();
  await startRedis({ program: source.program, home: homes.redis, port, keeps: false });
  return { TEST_REDIS_URL: redisUrl(homes.redis, port), ...program };
}

/** The programs for specs of what works with every kind of server. */
async function programsForTests() {
  const { redis, valkey } = await findBoth(process.env);
  return {
    ...(redis && { TEST_PROGRAM_REDIS: redis.program }),
    ...(valkey && { TEST_PROGRAM_VALKEY: valkey.program }),
  };
}

async function stop() {
  await Promise.all([stopPostgres(homes.postgres, { signal: 'SIGQUIT' }), stopRedis(homes.redis)]);
  await rm(home, { recursive: true, force: true });
}

const ready = (async () => {
  await removeLeftovers();
  // Both settle before either fault counts: a server that starts late could not be taken down.
  const parts = [postgresForTests(), redisForTests(), programsForTests()];
  const [database, bus, programs] = await Promise.allSettled(parts);
  for (const { reason } of [database, bus, programs]) if (reason) throw reason;
  return { TEST_DATABASE_URL: database.value, ...bus.value, ...programs.value };
})();

process.on('disconnect', async () => {
  await ready.catch(() => undefined);
  await stop();
  process.exit();
});
// Ctrl-C reaches the whole group; the test run decides when its servers end.
process.on('SIGINT', () => undefined);
ready.then(
  (environment) => process.send?.({ environment }),
  (error) => process.send?.({ fault: error.message }),
);
