import { SentinelServers } from '@courtside/testing';
import { Redis } from 'ioredis';
import { conformance } from '../src/index.js';
import type { Harness } from '../src/index.js';
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
