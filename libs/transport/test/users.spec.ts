import { RedisServer, SentinelServers } from '@courtside/testing';
import { Redis } from 'ioredis';
import { deadLetters } from '../src/cli/dead-letters.js';
import { Lab, rejection, until } from '../src/conformance/lab.js';
import { AccessLists, openBroker, keyNames, type BusTopology, type Queue } from '../src/index.js';
import { ClusterServers } from './cluster-servers.js';
import { programs, withProgram } from './programs.js';
import { serversHarness } from './redis-harness.js';

const nothing = { calls: [], publishes: [], subscribes: [], broadcasts: [], hears: [] };
const topology: BusTopology = {
  desk: { ...nothing, calls: ['shop'], publishes: ['desk.opened'] },
  shop: { ...nothing, subscribes: ['desk.opened'] },
};
const prefix = 'users';
const opened: Queue = { kind: 'events', name: 'desk.opened' };
const passwordOf = (service: string) => `p@ss of ${service}`;

interface Servers {
  /** As services are told it, without a user. */
  readonly url: string;
  /** Every server that a service may come to. */
  readonly dataUrls: readonly string[];
  close(): Promise<void>;
}

const kinds: Record<string, (program: string) => Promise<Servers>> = {
  'one server': async (program) => {
    const server = await RedisServer.start({ program });
    return { url: server.url, dataUrls: [server.url], close: () => server.close() };
  },
  Sentinel: async (program) => {
    const servers = await SentinelServers.start(program);
    const { address, dataUrls } = servers;
    return { url: address.url, dataUrls, close: () => servers.close() };
  },
  'a Cluster': async (program) => {
    const servers = await ClusterServers.start({ program });
    const dataUrls = servers.nodes.map(({ url }) => url);
    return { url: servers.url, dataUrls, close: () => servers.close() };
  },
};

const [program = { name: 'Redis 7', path: undefined }] = programs;
for (const [kind, start] of Object.entries(kinds)) {
  withProgram(`users on ${kind}`, program, (path) => usersOn(() => start(path)));
}

function usersOn(start: () => Promise<Servers>): void {
  let servers: Servers;
  let lists: AccessLists[];
  beforeAll(async () => {
    servers = await start();
    const options = { prefix, topology, passwordOf, operatorPassword: passwordOf('operator') };
    lists = servers.dataUrls.map((url) => new AccessLists({ ...options, url }));
    await Promise.all(lists.map((list) => list.give()));
  }, 60_000);
  afterAll(async () => {
    for (const list of lists) list.close();
    await servers.close();
  });

  const urlOf = (name: string) => {
    const login = `${prefix}-${name}:${encodeURIComponent(passwordOf(name))}`;
    return servers.url.replace('://', `://${login}@`);
  };

  /** Each service by the URL that it would be given, and nothing else. */
  const aLab = () =>
    new Lab({
      ...serversHarness({ address: { url: servers.url }, servers: async () => [], prefix }),
      broker: ({ service, ...options }) =>
        openBroker(urlOf(service), { prefix, service, ...options }),
    });

  const asOperator = async (...args: string[]) => {
    const [said, complained]: [string[], string[]] = [[], []];
    const all = ['--url', urlOf('operator'), '--prefix', prefix, '--topic', opened.name];
    const output = {
      say: (line: string) => said.push(line),
      complain: (line: string) => complained.push(line),
    };
    const code = await deadLetters(['dead-letters', ...args, ...all], output);
    return { code, said, complained };
  };

  it('are the services’ own by their URLs, and the operator’s redrives what failed', async () => {
    const lab = aLab();
    let isMended = false;
    const handled: number[] = [];
    try {
      await lab.replica('shop', {
        requests: { 'shop.read': ({ n }: { n: number }) => n + 1 },
        events: {
          [opened.name]: ({ n }: { n: number }) => {
            if (!isMended) throw new Error('closed');
            handled.push(n);
          },
        },
        options: { retry: { attemptsMax: 1 } },
      });
      const client = lab.client('desk');
      expect(await client.request('shop.read', { n: 1 })).toBe(2);
      await client.emitEvent(opened.name, { n: 7 });
      await until('a dead letter', async () => (await asOperator('list')).said.length === 1);
      isMended = true;
      const redriven = '1 redriven, 0 already gone, 0 kept: their group is not there';
      expect(await asOperator('redrive')).toEqual({ code: 0, said: [redriven], complained: [] });
      await until('its handler', () => handled.length === 1);
      expect(await asOperator('list')).toEqual({ code: 0, said: [], complained: [] });
    } finally {
      await lab.close();
    }
    for (const list of lists) expect(await list.denied()).toEqual([]);
  });

  it('let nobody in with the password of another', async () => {
    const url = urlOf('desk').replace('of%20desk', 'of%20shop');
    const broker = openBroker(url, { prefix, service: 'desk', connectMs: 300 });
    expect(await rejection(broker.connect())).toMatchObject({ code: 'DISCONNECTED' });
    broker.destroy();
  });

  it('keep the operator from all but dead letters', async () => {
    const [url = ''] = servers.dataUrls;
    const login = { username: `${prefix}-operator`, password: passwordOf('operator') };
    const redis = new Redis(url, { ...login, disableClientInfo: true });
    const stream = keyNames(prefix).stream(opened);
    const denied = { message: expect.stringContaining('NOPERM') };
    expect(await rejection(redis.xrange(stream, '-', '+'))).toMatchObject(denied);
    expect(await rejection(redis.xack(stream, 'shop', '1-0'))).toMatchObject(denied);
    expect(await rejection(redis.publish(`${prefix}:r:desk:x`, 'x'))).toMatchObject(denied);
    expect(await rejection(redis.get(`${prefix}:{epoch}`))).toMatchObject(denied);
    redis.disconnect();
  });
}
