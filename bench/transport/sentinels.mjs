/** A Redis, a copy of it, and three sentinels that put the copy in its place when it dies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { RedisServer } from '@courtside/testing';
import { until } from '../crash/until.mjs';

const NAME = 'main';
const SENTINELS = 3;
/** A server that answers no sentinel for this long is down. */
const DOWN_AFTER_MS = 1_000;
const PATIENCE_MS = 30_000;
const quick = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];

async function ask(url, work) {
  const redis = new Redis(url, { maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

const factsOf = (url) =>
  ask(url, async (redis) => {
    const all = await redis.call('SENTINEL', 'MASTER', NAME);
    return (field) => all[all.indexOf(field) + 1];
  });

function sentinelOf(program, port) {
  const leading = (directory) => {
    const file = join(directory, 'sentinel.conf');
    const watch = `sentinel monitor ${NAME} 127.0.0.1 ${port} 2`;
    const down = `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`;
    const tries = `sentinel failover-timeout ${NAME} 1000`;
    writeFileSync(file, [watch, down, tries, `dir ${directory}`].join('\n'));
    return [file, '--sentinel'];
  };
  return RedisServer.start({ program, leading });
}

/** @param {string} program the Redis that all five are */
export async function startSentinels(program) {
  const start = (flags) => RedisServer.start({ program, flags: [...quick, ...flags] });
  const first = await start([]);
  const data = [first, await start(['--replicaof', '127.0.0.1', String(first.port)])];
  const sentinels = await Promise.all(
    Array.from({ length: SENTINELS }, () => sentinelOf(program, first.port)),
  );
  const firstPort = async () => Number((await factsOf(sentinels[0].url))('port'));
  const whenCopied = (port) =>
    until(
      'a whole copy',
      () =>
        ask(`redis://127.0.0.1:${port}`, async (redis) =>
          /slave0:.*state=online/.test(await redis.info('replication')),
        ),
      PATIENCE_MS,
    );
  await whenCopied(first.port);
  const knowsAll = (fact) =>
    fact('num-slaves') === '1' && fact('num-other-sentinels') === String(SENTINELS - 1);
  const allKnowAll = async () =>
    (await Promise.all(sentinels.map(({ url }) => factsOf(url)))).every(knowsAll);
  await until('every sentinel to know the others', allKnowAll, PATIENCE_MS);
  const hosts = sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
  const list = hosts.map(({ host, port }) => `${host}:${port}`).join(',');
  return {
    address: { url: `redis+sentinel://${list}/${NAME}`, sentinels: hosts, name: NAME },
    /** Kills the first server; answers when another one is in its place, and then copies it. */
    async failOver() {
      const port = await firstPort();
      const dead = data.find((server) => server.port === port);
      await dead.kill();
      await until('another first', async () => (await firstPort()) !== port, PATIENCE_MS);
      const backAt = Date.now();
      await dead.restart();
      await whenCopied(await firstPort());
      return backAt;
    },
    close: () => Promise.all([...sentinels, ...data].map((server) => server.close())),
  };
}
