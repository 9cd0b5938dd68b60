import { Lab, counts, range, until } from '../src/conformance/lab.js';
import { redisHarness } from './redis-harness.js';
import { RedisServer } from '@courtside/testing';

const isSkipped = process.env['TEST_REDIS_URL'] === 'none';
const title = 'a Redis that is killed and comes back without its data';

if (isSkipped) {
  describe.skip(`${title} (not run: TEST_REDIS_URL=none says there is no Redis)`, () => {
    it('is survived', () => {});
  });
} else {
  describe(title, () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await RedisServer.start();
    });
    afterAll(() => redis.close());

    it('is survived by servers and clients: requests, events and broadcasts go on', async () => {
      const lab = new Lab(redisHarness(redis.url));
      try {
        const handled: number[] = [];
        const replica = await lab.replica('shop', {
          requests: { 'shop.read': ({ n }: { n: number }) => n },
          events: { 'orders.paid': ({ n }: { n: number }) => void handled.push(n) },
        });
        const client = lab.client('asker');
        let gaps = 0;
        await replica.broker.onBroadcast(
          'roles',
          () => {},
          () => (gaps += 1),
        );
        expect(await client.request('shop.read', { n: 1 })).toBe(1);
        await redis.kill();
        expect((await replica.broker.health()).up).toBe(false);
        const meanwhile = range(50).map((n) =>
          client.request('shop.read', { n }, { effect: 'none', deadlineMs: 15_000 }),
        );
        const events = client.emitEvent('orders.paid', { n: 2 });
        await redis.restart();
        expect(await Promise.all(meanwhile)).toEqual(range(50));
        await events;
        await until('the event', () => handled.length > 0);
        await until('the gap to be told', () => gaps === 1);
        expect(handled).toEqual([2]);
        await until('health', async () => (await replica.broker.health()).up);
      } finally {
        await lab.close();
      }
    }, 30_000);

    it('lets what was asked while it was away run once, though it might run twice', async () => {
      const lab = new Lab(redisHarness(redis.url));
      try {
        const runs: number[] = [];
        const requests = { 'shop.read': ({ n }: { n: number }) => runs.push(n) };
        await lab.replica('shop', { requests });
        const client = lab.client('asker');
        let isAway = false;
        client.status.subscribe((status) => (isAway = status !== 'connected'));
        await client.request('shop.read', { n: -1 });
        await redis.kill();
        await until('the client to notice', () => isAway);
        const options = { effect: 'none', deadlineMs: 15_000 } as const;
        const answers = range(50).map((n) => client.request('shop.read', { n }, options));
        await redis.restart();
        await Promise.all(answers);
        // What was queued twice stands before this one.
        await client.request('shop.read', { n: -2 }, options);
        expect([...counts(runs).values()]).toEqual(Array(52).fill(1));
      } finally {
        await lab.close();
      }
    }, 30_000);

    it('is not waited for beyond the deadline by a client that never reached it', async () => {
      const lab = new Lab(redisHarness(redis.url));
      try {
        await redis.kill();
        const client = lab.client('asker', { deadlineMs: 100 });
        const error = { code: 'DISCONNECTED' };
        await expect(client.request('shop.read', {})).rejects.toMatchObject(error);
        await expect(client.emitEvent('orders.paid', {})).rejects.toMatchObject(error);
        await redis.restart();
      } finally {
        await lab.close();
      }
    }, 30_000);

    it('lets a request that cannot reach it fail with DISCONNECTED at its deadline', async () => {
      const lab = new Lab(redisHarness(redis.url));
      try {
        const client = lab.client('asker');
        await client.connect();
        await redis.kill();
        const answer = client.request('shop.read', {}, { deadlineMs: 100 });
        await expect(answer).rejects.toMatchObject({ code: 'DISCONNECTED' });
        await redis.restart();
      } finally {
        await lab.close();
      }
    }, 30_000);
  });
}
