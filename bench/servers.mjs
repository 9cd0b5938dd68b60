/** A PostgreSQL and a Redis as `npm start` runs them: what they confirm outlives them. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../tools/local/ports.mjs';
import { postgresBinaries } from '../tools/local/postgres-binaries.mjs';
import { postgresUrl, startPostgres, stopPostgres } from '../tools/local/postgres.mjs';
import { findRedis } from '../tools/local/redis-source.mjs';
import { redisUrl, startRedis, stopRedis } from '../tools/local/redis.mjs';

export async function startServers() {
  const home = mkdtempSync(join(tmpdir(), 'courtside-bench-'));
  // PostgreSQL runs as a user without rights and must reach its folder.
  chmodSync(home, 0o711);
  const homes = { postgres: join(home, 'postgres'), redis: join(home, 'redis') };
  const { source } = await findRedis(process.env);
  if (!source) throw new Error('this benchmark needs Redis 7.0 or later: install redis-server');
  const ports = { postgres: await freePort(), redis: await freePort() };
  const [binaries] = [await postgresBinaries()];
  const database = { binaries, home: homes.postgres, port: ports.postgres, settings: {} };
  await startPostgres(database);
  await startRedis({ program: source.program, home: homes.redis, port: ports.redis, keeps: true });
  return {
    databaseUrl: postgresUrl(homes.postgres, ports.postgres),
    redisUrl: redisUrl(homes.redis, ports.redis),
    async stop() {
      await Promise.all([stopPostgres(homes.postgres), stopRedis(homes.redis)]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}
