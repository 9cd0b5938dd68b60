import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { AccessLists, RedisBroker, keyNames } from '../src/index.js';
import type { Harness, HarnessBroker } from '../src/conformance/conformance.js';
import type { BrokerPort, Queue, RedisAddress } from '../src/index.js';
import { conformanceTopology } from './conformance-topology.js';
import type { RedisServer } from '@courtside/testing';

export interface RedisHarnessOptions {
  /** What brokers connect to. */
  readonly address: RedisAddress;
  /** Connections to every server there is, for what no broker may do. They are the caller's. */
  readonly servers: () => Promise<readonly Redis[]>;
  readonly prefix?: string;
  readonly freeze?: (ms: number) => Promise<void>;
}

/** A harness on servers that others may use at the same time: every test has its own prefix. */
export function serversHarness(options: RedisHarnessOptions): Harness {
  const { address, servers, prefix = newPrefix() } = options;
  const keys = keyNames(prefix);
  /** The answer of the server that has one. */
  const first = async <T>(ask: (redis: Redis) => Promise<T>): Promise<T> => {
    const answers = (await servers()).map((redis) => ask(redis));
    return Promise.any(answers);
  };
  const wipe = async () => {
    for (const redis of await servers()) {
      const names = await redis.keys(`${prefix}:*`);
      await Promise.all(names.map((name) => redis.del(name).catch(onlyMoved)));
    }
  };
  return {
    broker: (given: HarnessBroker) => new RedisBroker({ ...address, prefix, ...given }),
    wipe,
    dropConnections: async (broker) => {
      await Promise.all((await servers()).map((redis) => dropConnections(redis, broker)));
    },
    deadLetters: async (queue) => {
      const entries = await first((redis) => redis.xrange(keys.deadLetters(queue), '-', '+'));
      return entries.map(([, fields]) => {
        const value = (name: string) => fields[fields.indexOf(name) + 1] ?? '';
        return {
          group: value('group'),
          reason: value('reason'),
          attempts: Number(value('attempts')),
          body: value('d'),
        };
      });
    },
    apart: async () => {
      const found = new Set<string>();
      for (const redis of await servers()) {
        for (const pattern of [`${prefix}:{*}:b:*`, `${prefix}:rb:*`]) {
          for (const name of await redis.keys(pattern)) found.add(name);
        }
      }
      return found.size;
    },
    loseGroup: async (queue: Queue, group: string) => {
      await first((redis) => redis.xgroup('DESTROY', keys.stream(queue), group));
    },
    ...(options.freeze && { freeze: options.freeze }),
    queueSize: (queue) => first((redis) => redis.xlen(keys.stream(queue))),
    close: wipe,
  };
}

/** On one server, of which more can be asked when it is the spec's own. */
export function redisHarness(server: RedisServer | string, prefix = newPrefix()): Harness {
  const url = urlOf(server);
  const redis = new Redis(url);
  const harness = serversHarness({
    address: { url },
    servers: async () => [redis],
    prefix,
    ...(typeof server !== 'string' && { freeze: (ms: number) => server.freeze(ms) }),
  });
  return {
    ...harness,
    close: async () => {
      await harness.close();
      redis.disconnect();
    },
  };
}

/**
 * The same with a user for each service that has the rights of its edges alone: when a test ends, the
 * server must have refused nothing.
 */
export async function accessListHarness(server: RedisServer | string): Promise<Harness> {
  const [url, prefix] = [urlOf(server), newPrefix()];
  const options = { url, prefix, topology: conformanceTopology, passwordOf: () => 'conformance' };
  const lists = new AccessLists(options);
  await lists.give();
  const harness = redisHarness(server, prefix);
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

const urlOf = (server: RedisServer | string) => (typeof server === 'string' ? server : server.url);

const newPrefix = (): string => `t${randomUUID().slice(0, 8)}`;

/** Lets the server cut every connection of this broker. */
async function dropConnections(redis: Redis, broker: BrokerPort): Promise<void> {
  const { connectionName } = broker as RedisBroker;
  const clients = String(await redis.client('LIST')).split('\n');
  for (const client of clients.filter((line) => line.includes(connectionName))) {
    await redis.client('KILL', 'ID', /^id=(\d+)/.exec(client)?.[1] ?? '');
  }
}

/** In a Cluster a copy shows keys that only its first server may delete. */
function onlyMoved(error: Error): number {
  if (/^(MOVED|READONLY)/.test(error.message)) return 0;
  throw error;
}
