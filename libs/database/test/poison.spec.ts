import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { keyNames } from '@courtside/transport';
import { Redis } from 'ioredis';
import { cancelOrders, givenBack, newIds, orders, outboxOf, sql, stock } from './shop.js';

const isSkipped = process.env['TEST_REDIS_URL'] === 'none';

(isSkipped ? describe.skip : describe)('an event that cannot be handled', () => {
  let platform: TestPlatform;
  let isBroken = true;
  beforeAll(async () => {
    const mishap = () => {
      if (isBroken) throw new Error('the shelf is gone');
    };
    platform = await aPlatform([orders, stock(mishap)]);
  });
  afterAll(() => platform.close());

  async function deadLetters(): Promise<Record<string, string>[]> {
    const { BUS_PREFIX = '' } = platform.environmentOf('orders');
    // As the administrator: the dead letters of a topic are not for its publisher.
    const redis = new Redis(process.env['TEST_REDIS_URL'] ?? '');
    try {
      const queue = { kind: 'events', name: 'orders.cancelled' } as const;
      const entries = await redis.xrange(keyNames(BUS_PREFIX).deadLetters(queue), '-', '+');
      return entries.map(([, fields]) => {
        const pairs = fields.flatMap((name, at) => (at % 2 ? [] : [[name, fields[at + 1] ?? '']]));
        return Object.fromEntries(pairs) as Record<string, string>;
      });
    } finally {
      redis.disconnect();
    }
  }

  it('[4.23] is tried again, then lies with the dead letters and its reason; it is kept and healed', async () => {
    const [id] = newIds(1) as [string];
    await cancelOrders(platform.running.get('orders')!, [id]);
    const [letter] = await eventually(
      'a dead letter',
      async () => {
        const letters = await deadLetters();
        return letters.length > 0 && letters;
      },
      30_000,
    );
    expect(letter).toMatchObject({
      group: 'products',
      attempts: '5',
      reason: 'Error: the shelf is gone',
    });
    expect(letter!['stack']).toContain('poison.spec');
    expect(await givenBack(platform)).toEqual([]);
    expect(await outboxOf(platform)).toMatchObject([{ awaiting: ['products'] }]);

    isBroken = false;
    await sql(platform, 'orders', 'UPDATE outbox SET due_at = now()');
    await eventually('an empty outbox', async () => (await outboxOf(platform)).length === 0);
    expect(await givenBack(platform)).toEqual([id]);
  }, 60_000);
});
