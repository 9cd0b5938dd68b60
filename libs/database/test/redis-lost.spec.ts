import { aPlatform, eventually, RedisServer, type TestPlatform } from '@courtside/testing';
import { keyNames } from '@courtside/transport';
import { Redis } from 'ioredis';
import { cancelOrders, givenBack, newIds, orders, outboxOf, sql, stock } from './shop.js';

const isSkipped = process.env['TEST_REDIS_URL'] === 'none';

(isSkipped ? describe.skip : describe)('a Redis that is lost', () => {
  let redis: RedisServer;
  let platform: TestPlatform;
  beforeEach(async () => {
    redis = await RedisServer.start();
    platform = await aPlatform([orders, stock()], { redisUrl: redis.url });
  }, 30_000);
  afterEach(async () => {
    await platform.close();
    await redis.close();
  }, 30_000);

  const publisher = () => platform.running.get('orders')!;
  const emptied = () =>
    eventually('an empty outbox', async () => (await outboxOf(platform)).length === 0, 20_000);
  const published = () =>
    eventually('all are published', async () => {
      const rows = await outboxOf(platform);
      return rows.length > 0 && rows.every((row) => row.epoch !== null) && rows;
    });

  it('[4.23] and comes back empty costs no event, and none is handled twice', async () => {
    const before = newIds(100);
    await cancelOrders(publisher(), before);
    await emptied();
    await platform.stop('products');
    const within = newIds(700);
    await cancelOrders(publisher(), within);
    const [row] = await published();
    await redis.restart();
    const again = await eventually('all are published in the new epoch', async () => {
      const rows = await outboxOf(platform);
      return rows.every(({ epoch }) => epoch !== null && epoch !== row!.epoch) && rows;
    });
    expect(again).toHaveLength(700);
    await platform.start(stock());
    await emptied();
    expect((await givenBack(platform)).sort()).toEqual([...before, ...within].sort());
  }, 60_000);

  it('under load costs no event either', async () => {
    const ids = newIds(400);
    const writing = (async () => {
      for (let at = 0; at < ids.length; at += 10) {
        await cancelOrders(publisher(), ids.slice(at, at + 10));
      }
    })();
    await eventually('some are handled', async () => (await givenBack(platform)).length > 50);
    await redis.restart();
    await writing;
    await emptied();
    expect((await givenBack(platform)).sort()).toEqual(ids.sort());
  }, 60_000);

  it('or only its last writes, with no sign of it, costs no event either', async () => {
    await platform.stop('products');
    const ids = newIds(20);
    await cancelOrders(publisher(), ids);
    await published();
    const client = new Redis(redis.url);
    const stream = keyNames(platform.environmentOf('orders')['BUS_PREFIX']).stream({
      kind: 'events',
      name: 'orders.cancelled',
    });
    expect(await client.del(stream)).toBe(1);
    client.disconnect();
    await platform.start(stock());
    await sql(platform, 'orders', 'UPDATE outbox SET due_at = now()');
    await emptied();
    expect((await givenBack(platform)).sort()).toEqual(ids.sort());
  }, 60_000);

  it('stops no change; what was told meanwhile is published when it is back, and said once', async () => {
    await redis.kill();
    const ids = newIds(20);
    await cancelOrders(publisher(), ids);
    const about = (text: string) =>
      platform.logLines.filter((line) => line.includes(text) && line.includes('"orders"'));
    await eventually('it is said', () => about('events are not published').length > 0);
    expect((await outboxOf(platform)).map((row) => row.epoch)).toEqual(ids.map(() => null));
    await redis.restart();
    await emptied();
    expect((await givenBack(platform)).sort()).toEqual(ids.sort());
    const said = about('events are not published').map((line) => JSON.parse(line) as object);
    expect(said).toEqual([
      expect.objectContaining({ level: 'warn' }),
      expect.objectContaining({ level: 'info', tries: expect.any(Number) }),
    ]);
  }, 60_000);
});
