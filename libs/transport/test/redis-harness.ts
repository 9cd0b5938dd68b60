import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { RedisBroker, keyNames } from '../src/index.js';
import type { BrokerPort, Harness } from '../src/index.js';

/** A harness on a server that others may use at the same time: every test has its own prefix. */
export function redisHarness(url: string): Harness {
  const prefix = `t${randomUUID().slice(0, 8)}`;
  const keys = keyNames(prefix);
  const redis = new Redis(url);
  const wipe = async () => {
    const names = await redis.keys(`${prefix}:*`);
    if (names.length > 0) await redis.del(...names);
  };
  return {
    broker: ({ deadAfterMs }) => new RedisBroker({ url, prefix, deadAfterMs }),
    wipe,
    dropConnections: (broker) => dropConnections(redis, broker),
    deadLetters: async (queue) => {
      const entries = await redis.xrange(keys.deadLetters(queue), '-', '+');
      return entries.map(([, fields]) => {
        const value = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
        return {
          group: value('group'),
          reason: value('reason'),
          attempts: Number(value('attempts')),
        };
      });
    },
    queueSize: (queue) => redis.xlen(keys.stream(queue)),
    close: async () => {
      await wipe();
      redis.disconnect();
    },
  };
}

/** Lets the server cut every connection of this broker. */
async function dropConnections(redis: Redis, broker: BrokerPort): Promise<void> {
  const { connectionName } = broker as RedisBroker;
  const clients = String(await redis.client('LIST')).split('\n');
  for (const client of clients.filter((line) => line.includes(` name=${connectionName} `))) {
    await redis.client('KILL', 'ID', /^id=(\d+)/.exec(client)?.[1] ?? '');
  }
}
