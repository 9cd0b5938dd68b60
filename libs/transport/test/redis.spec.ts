import { conformance } from '../src/index.js';
import { accessListHarness } from './redis-harness.js';
import { RedisServer } from './redis-server.js';

const given = process.env['TEST_REDIS_URL'];

if (given === 'none') {
  describe.skip('the Redis driver (not run: TEST_REDIS_URL=none says there is no Redis)', () => {
    it('keeps every promise of the suite', () => {});
  });
} else {
  describe('the Redis driver, each service with the rights of its edges alone', () => {
    let own: RedisServer | undefined;
    beforeAll(async () => {
      if (!given) own = await RedisServer.start();
    });
    afterAll(() => own?.close());
    conformance({ describe, it, expect }, () => accessListHarness(given ?? own?.url ?? ''));
  });
}
