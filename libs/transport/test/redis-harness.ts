import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { AccessLists, RedisBroker, keyNames } from '../src/index.js';
import type { BrokerPort, Harness } from '../src/index.js';
import { conformanceTopology } from './conformance-topology.js';

/** A harness on a server that others may use at the same time: every test has its own prefix. */
export function redisHarness(url: string, prefix = newPrefix()): Harness {
  const keys = keyNames(prefix);
  const redis = new Redis(url);
  const wipe = async () => {
    const names = await redis.keys(`${prefix}:*`);
    if (names.length > 0) await redis.del(...names);
  };
  return {
    broker: (options) => new RedisBroker({ url, prefix, ...options }),
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

/**
 * The same with a user for each service that has the rights of its edges alone: when a test ends, the
 * server must have refused nothing.
 */
export async function accessListHarness(url: string): Promise<Harness> {
  const prefix = newPrefix();
  const options = { url, prefix, topology: conformanceTopology, passwordOf: () => 'conformance' };
  const lists = new AccessLists(options);
  await lists.give();
  const harness = redisHarness(url, prefix);
  return {
    ...harness,
    broker: (options) => new RedisBroker({ url: lists.urlOf(options.service), prefix, ...options }),
    close: async () => {
      const denied = await lists.denied();
      await lists.takeBack();
      lists.close();
      await harness.close();
      if (denied.length > 0) throw new Error(`the access lists refused ${JSON.stringify(denied)}`);
    },
  };
}

const newPrefix = (): string => `t${randomUUID().slice(0, 8)}`;

/** Lets the server cut every connection of this broker. */
async function dropConnections(redis: Redis, broker: BrokerPort): Promise<void> {
  const { connectionName } = broker as RedisBroker;
  const clients = String(await redis.client('LIST')).split('\n');
  for (const client of clients.filter((line) => line.includes(` name=${connectionName} `))) {
    await redis.client('KILL', 'ID', /^id=(\d+)/.exec(client)?.[1] ?? '');
  }
}
