import { orders, type Order } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { aPlatform, aUser, eventually, fakeService, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { app } from '../src/app.js';
import { ball, belt, FakeProductsController } from './fake-catalogue.js';

const catalogue = fakeService('products', FakeProductsController);

describe('orders', () => {
  let platform: TestPlatform;
  beforeAll(async () => (platform = await aPlatform([app, catalogue])));
  afterAll(() => platform.close());

  const place = (as = aUser(), { key, quantity = 1 }: { key?: string; quantity?: number } = {}) =>
    platform.ask(
      orders.create,
      { items: [{ productId: ball.id, quantity }] },
      { as, ...(key && { metadata: { 'idempotency-key': key } }) },
    );
  const own = async (as: ReturnType<typeof aUser>) =>
    (await platform.ask(orders.list, {}, { as })).items;

  it('[4.16] are placed at the prices of the catalogue, for the user of the token', async () => {
    const user = aUser();
    const order = await place(user, { quantity: 3 });
    expect(order).toMatchObject({
      userId: user.userId,
      status: 'confirmed',
      total: { amount: 5_997, currency: 'EUR' },
      items: [{ productId: ball.id, name: 'Ball', quantity: 3, price: ball.price }],
    });
    expect(await platform.ask(orders.read, { id: order.id }, { as: user })).toEqual(order);
    expect(await own(user)).toEqual([order]);
  });

  it('[4.10] of another are as unknown as those that never were', async () => {
    const order = await place();
    const other = aUser();
    for (const id of [order.id, newId()]) {
      const problem = platform.ask(orders.read, { id }, { as: other });
      await expect(problem).rejects.toMatchObject({
        code: 'orders.unknown',
        detail: `you have no order ${id}`,
      });
    }
    expect(await own(other)).toEqual([]);
  });

  it('[4.10] are nothing for who is not signed in', async () => {
    await expect(platform.ask(orders.list, {})).rejects.toMatchObject({
      code: 'auth.token-missing',
    });
  });

  it('are listed newest first, page by page', async () => {
    const user = aUser();
    const placed: Order[] = [];
    for (let count = 0; count < 5; count++) placed.unshift(await place(user));
    const first = await platform.ask(orders.list, { limit: 3 }, { as: user });
    const cursor = first.next ?? '';
    const second = await platform.ask(orders.list, { limit: 3, cursor }, { as: user });
    expect([...first.items, ...second.items]).toEqual(placed);
    expect(second.next).toBeNull();
  });

  it('are one order for 20 parallel calls with one key, and 422 for another body', async () => {
    const user = aUser();
    const placed = await Promise.all(Array.from({ length: 20 }, () => place(user, { key: 'k' })));
    expect(new Set(placed.map((order) => order.id)).size).toBe(1);
    expect(await own(user)).toHaveLength(1);
    await expect(place(user, { key: 'k', quantity: 2 })).rejects.toMatchObject({
      code: 'idempotency.key-reused',
      status: 422,
    });
  });

  it('of different users never share a key', async () => {
    const [one, other] = [
      await place(aUser(), { key: 'same' }),
      await place(aUser(), { key: 'same' }),
    ];
    expect(one.id).not.toBe(other.id);
  });

  it('of unknown products or mixed currencies are refused and leave nothing behind', async () => {
    const user = aUser();
    const order = (...ids: string[]) =>
      platform.ask(
        orders.create,
        { items: ids.map((productId) => ({ productId, quantity: 1 })) },
        { as: user, metadata: { 'idempotency-key': 'later' } },
      );
    const unknown = newId();
    await expect(order(ball.id, unknown)).rejects.toMatchObject({
      code: 'orders.product-unknown',
      detail: expect.stringContaining(unknown),
    });
    await expect(order(ball.id, belt.id)).rejects.toMatchObject({ code: 'orders.currency-mixed' });
    expect(await own(user)).toEqual([]);
    await expect(order(ball.id)).resolves.toMatchObject({ userId: user.userId });
  });

  it('cannot be placed while the catalogue is away, and can once it is back', async () => {
    const user = aUser();
    await platform.stop('products');
    await expect(place(user, { key: 'retry' })).rejects.toMatchObject({
      code: 'service.unavailable',
    });
    expect(await own(user)).toEqual([]);
    await platform.start(catalogue);
    await place(user, { key: 'retry' });
    expect(await own(user)).toHaveLength(1);
  });

  it('[1.5] keep being answered while a query is slow', async () => {
    const user = aUser();
    const client = new Client({ connectionString: platform.database.adminUrl });
    await client.connect();
    await client.query('BEGIN; LOCK TABLE orders.idempotency_key IN ACCESS EXCLUSIVE MODE');
    let isPlaced = false;
    const slow = place(user, { key: 'slow' }).finally(() => (isPlaced = true));
    await eventually('the slow query waits in the database', async () => {
      const { rowCount } = await client.query(
        `SELECT 1 FROM pg_stat_activity WHERE usename = 'orders' AND wait_event_type = 'Lock'
         AND datname = current_database()`,
      );
      return rowCount;
    });
    for (let count = 0; count < 20; count++) expect(await own(user)).toEqual([]);
    expect(isPlaced).toBe(false);
    await client.query('COMMIT');
    await client.end();
    await expect(slow).resolves.toMatchObject({ userId: user.userId });
  });

  it('[1.1] stand where no other service can read, and orders reads nobody else', async () => {
    for (const [role, table] of [
      ['users', 'orders."order"'],
      ['products', 'orders.order_item'],
    ] as const) {
      const client = new Client({ connectionString: platform.database.urlOf(role) });
      await client.connect();
      await expect(client.query(`SELECT * FROM ${table}`)).rejects.toThrow(/permission denied/);
      await client.end();
    }
    const admin = new Client({ connectionString: platform.database.adminUrl });
    await admin.connect();
    await admin.query('CREATE TABLE users.secret (id integer)');
    await admin.end();
    const client = new Client({ connectionString: platform.database.urlOf('orders') });
    await client.connect();
    await expect(client.query('SELECT * FROM users.secret')).rejects.toThrow(/permission denied/);
    await expect(client.query('CREATE TABLE public.mine (id integer)')).rejects.toThrow(
      /permission denied/,
    );
    await client.end();
  });
});

describe('an empty database', () => {
  it('[4.35] is created once by processes that start together', async () => {
    const platform = await aPlatform([app, catalogue]);
    await platform.stop('orders');
    const admin = new Client({ connectionString: platform.database.adminUrl });
    await admin.connect();
    await admin.query('DROP SCHEMA orders CASCADE; CREATE SCHEMA orders AUTHORIZATION orders');
    const replicas = await Promise.all([1, 2, 3].map(() => platform.start(app)));
    const { rows } = await admin.query('SELECT name FROM orders.migration');
    const names = rows.map((row: { name: string }) => row.name);
    expect(names).toContain('create-order-1764000000002');
    expect(new Set(names).size).toBe(names.length);
    await admin.end();
    await Promise.all(replicas.map((replica) => replica.close()));
    await platform.close();
  });
});
