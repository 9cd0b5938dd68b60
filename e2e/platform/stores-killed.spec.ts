import { eventually, RedisServer, aPlatform, type TestPlatform } from '@courtside/testing';
import { app as auth } from '../../apps/auth/src/app.js';
import { app as orders } from '../../apps/orders/src/app.js';
import { app as products } from '../../apps/products/src/app.js';
import { call } from '../api.js';
import { gateway, rowsOf, urlOf, users } from './apps.js';
import { Buyers } from './buyers.js';
import { OwnPostgres } from './own-postgres.js';

jest.setTimeout(90_000);

/** Everybody is served again by then, milliseconds after the store is back. */
const SERVED_WITHIN_MS = 5_000;
/** Nobody waits longer for an answer of any kind, milliseconds: the deadline of a request and a little. */
const ANSWERED_WITHIN_MS = 6_000;
/** Within which somebody is refused, milliseconds. */
const REFUSED_WITHIN_MS = 10_000;
const STOCK = 100_000;

let postgres: OwnPostgres;
let redis: RedisServer;
let platform: TestPlatform;
let shop: { at: string; token: string; productId: string };

beforeAll(async () => {
  [postgres, redis] = await Promise.all([
    OwnPostgres.start(),
    RedisServer.start({ flags: ['--appendonly', 'yes', '--appendfsync', 'always'] }),
  ]);
  const demo = { DEMO: 'true' };
  platform = await aPlatform([auth, users, products, orders, gateway], {
    env: { auth: demo, users: demo },
    redisUrl: redis.url,
    databaseUrl: postgres.url,
  });
  const at = urlOf(platform);
  const signedIn = await call('POST /api/login', {
    at,
    body: { username: 'admin', password: 'a' },
  });
  const token = String(signedIn.body['access_token']);
  const made = await call('POST /api/products', {
    at,
    token,
    body: { name: 'Ball', price: { amount: 1_999, currency: 'EUR' }, stock: STOCK },
  });
  shop = { at, token, productId: String(made.body['id']) };
});
afterAll(async () => {
  await platform?.close();
  await Promise.all([postgres?.close(), redis?.close()]);
});

const rows = <R extends object>(service: string, sql: string) => rowsOf<R>(platform, service, sql);

/** Orders that are there, and pieces of the product that are on sale or held. */
async function ledger(): Promise<{ orders: string[]; pieces: number }> {
  const placed = await rows<{ id: string }>('orders', 'SELECT id FROM "order"');
  const [pieces] = await rows<{ pieces: number }>(
    'products',
    `SELECT (SELECT sum(stock) FROM product WHERE id = '${shop.productId}')::int
       + (SELECT coalesce(sum(quantity), 0) FROM reservation_item)::int AS pieces`,
  );
  return { orders: placed.map(({ id }) => id), pieces: pieces?.pieces ?? -1 };
}

const stores = {
  'PostgreSQL, whose data stay': {
    kill: () => postgres.kill(),
    restart: () => postgres.restart(),
  },
  'Redis, whose data stay': { kill: () => redis.kill(), restart: () => redis.start() },
  'Redis, which comes back empty': {
    kill: () => redis.kill(),
    restart: () => redis.start(['--appendonly', 'no']),
  },
};

/** Kills a store while people buy, and starts it again. @returns what they were told */
async function killed(store: { kill(): Promise<void>; restart(): Promise<void> }): Promise<Buyers> {
  const buyers = new Buyers(shop, 4);
  const isServed = (since: number) => () => {
    const late = buyers.told.filter(({ startedAt }) => startedAt >= since);
    return (
      new Set(late.filter(({ status }) => status < 300).map((one) => one.operation)).size === 3
    );
  };
  try {
    await eventually('everybody is served', isServed(0));
    await store.kill();
    await eventually('somebody is refused', () => buyers.refused.length > 4, REFUSED_WITHIN_MS);
    await store.restart();
    await eventually('everybody is served again', isServed(Date.now()), SERVED_WITHIN_MS);
  } finally {
    await store.restart();
    await buyers.stop();
  }
  return buyers;
}

describe('a data store that is killed while people buy', () => {
  it.each(Object.entries(stores))(
    '[4.30] %s: who is not served is told when to come again, and every order is there once',
    async (_title, store) => {
      const before = await ledger();
      const buyers = await killed(store);
      expect(buyers.wrong.slice(0, 3)).toEqual([]);
      expect(Math.max(...buyers.told.map(({ ms }) => ms))).toBeLessThan(ANSWERED_WITHIN_MS);
      const wanted = [...buyers.orders.values()];
      expect(wanted.filter((ids) => ids.size !== 1)).toEqual([]);
      const after = await ledger();
      const ids = wanted.flatMap((one) => Array.from(one));
      expect(after.orders.toSorted()).toEqual([...before.orders, ...ids].toSorted());
      expect(after.pieces).toBe(before.pieces);
    },
  );
});
