import { conformance } from '../src/conformance/conformance.js';
import { RedisServer } from '@courtside/testing';
import { redis, withProgram } from './programs.js';
import { accessListHarness } from './redis-harness.js';

const given = process.env['TEST_REDIS_URL'];
const title = 'the Redis driver, each service with the rights of its edges alone';
const canLoseGroups = true;

if (redis.path === undefined && given && given !== 'none') {
  describe(`${title}, the server that TEST_REDIS_URL names`, () => {
    conformance({ describe, it, expect }, () => accessListHarness(given), { canLoseGroups });
  });
} else {
  withProgram(title, redis, (program) => {
    let server: RedisServer;
    beforeAll(async () => {
      server = await RedisServer.start({ program });
    });
    afterAll(() => server.close());
    const options = { canLoseGroups, canFreeze: true };
    conformance({ describe, it, expect }, () => accessListHarness(server), options);
  });
}
