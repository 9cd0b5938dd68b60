import { conformance } from '../src/conformance/conformance.js';
import { valkey, withProgram } from './programs.js';
import { redisHarness } from './redis-harness.js';
import { RedisServer } from '@courtside/testing';

withProgram('the Redis driver', valkey, (program) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await RedisServer.start({ program });
  });
  afterAll(() => server.close());
  const options = { canLoseGroups: true, canFreeze: true };
  conformance({ describe, it, expect }, () => redisHarness(server), options);
});
