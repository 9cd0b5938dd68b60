import { SentinelServers } from '@courtside/testing';
import { Redis } from 'ioredis';
import { Lab, until } from '../src/conformance/lab.js';
import { conformance } from '../src/conformance/conformance.js';
import type { Harness } from '../src/conformance/conformance.js';
import type { RedisBroker } from '../src/index.js';
import { isThorough, programs, withProgram } from './programs.js';
import { serversHarness } from './redis-harness.js';

for (const program of programs) {
  withProgram('the Redis driver behind Sentinel', program, (path) => {
    let sentinel: SentinelServers;
    beforeAll(async () => {
      sentinel = await SentinelServers.start(path);
    }, 60_000);
    afterAll(() => sentinel.close());
    // What a client does on a server is the same whoever named the server.
    const only = isThorough ? /./ : /^(when|a broadcast|a request is handled)/;
    const options = { canLoseGroups: true, canFailOver: true, only };
    conformance({ describe, it, expect }, () => sentinelHarness(sentinel), options);
  });
}

const [program = { name: 'Redis 7', path: undefined }] = programs;
withProgram('a first server that does not know it is none any more', program, (path) => {
  it('is left by all connections at once, and nothing is sent to it', async () => {
    const sentinel = await SentinelServers.start(path, { isStubborn: true });
    const [oldUrl = ''] = sentinel.dataUrls;
    const old = new Redis(oldUrl);
    const lab = new Lab(sentinelHarness(sentinel));
    const handled: number[] = [];
    try {
      const events = { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) };
      const { broker } = await lab.replica('mail', { events });
      const client = lab.client('mail', { deadlineMs: 10_000 });
      await client.emitEvent('orders.paid', { n: 1 });
      await until('the first event', () => handled.length === 1);
      const names = [broker, client.unwrap<RedisBroker>()].map(
        (one) => (one as RedisBroker).connectionName,
      );
      await sentinel.switchOver();
      await until('nobody on the old server', async () => {
        const clients = String(await old.client('LIST'));
        return names.every((name) => !clients.includes(name));
      });
      expect(await old.info('replication')).toContain('role:master');
      await client.emitEvent('orders.paid', { n: 2 });
      await until('the second event', () => handled.includes(2));
    } finally {
      await lab.close();
      old.disconnect();
      await sentinel.close();
    }
  }, 60_000);
});

function sentinelHarness(sentinel: SentinelServers): Harness {
  const connections: Redis[] = [];
  const servers = async () => {
    const redis = new Redis(await sentinel.firstUrl());
    redis.on('error', () => {});
    connections.push(redis);
    return [redis];
  };
  const harness = serversHarness({ address: { url: sentinel.address.url }, servers });
  return {
    ...harness,
    failOver: async () => void (await sentinel.failOver()),
    close: async () => {
      await harness.close();
      for (const redis of connections) redis.disconnect();
    },
  };
}
