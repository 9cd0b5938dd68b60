import { Product, products, type Input, type ListProducts } from '@courtside/contracts';
import { aPlatform, aUser, anAdmin, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { app } from '../src/app.js';

const ball = { name: 'Ball', description: 'Round.', price: { amount: 1_999, currency: 'EUR' } };

describe('products', () => {
  let platform: TestPlatform;
  const admin = anAdmin();
  beforeAll(async () => (platform = await aPlatform([app])));
  afterAll(() => platform.close());

  const add = (input: Partial<Input<typeof products.create>>, key?: string) =>
    platform.ask(
      products.create,
      { ...ball, ...input },
      { as: admin, ...(key && { metadata: { 'idempotency-key': key } }) },
    );

  async function allPages(query: Partial<ListProducts>): Promise<Product[]> {
    const found: Product[] = [];
    let cursor: string | undefined;
    do {
      const page = await platform.ask(products.list, { limit: 2, ...query, cursor });
      found.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor);
    return found;
  }

  it('are added by whoever may, and read by anyone', async () => {
    const added = await add({ name: ' Kite ' });
    expect(added).toMatchObject({ name: 'Kite', price: ball.price, version: 1 });
    expect(await platform.ask(products.read, { id: added.id })).toEqual(added);
    await expect(platform.ask(products.create, ball, { as: aUser() })).rejects.toMatchObject({
      code: 'access.denied',
    });
  });

  it('[2.4] that are not there are a problem', async () => {
    const id = '01938000-0000-7000-8000-00000000dead';
    await expect(platform.ask(products.read, { id })).rejects.toMatchObject({
      code: 'products.unknown',
    });
  });

  it.each(['name', '-name', 'createdAt', '-createdAt', 'price', '-price'] as const)(
    '[2.4] are listed page by page in the order of %s, none lost and none twice',
    async (sort) => {
      await Promise.all(
        ['Same', 'same', 'Same', 'Émile', 'zebra'].map((name) => add({ name: `${name} ${sort}` })),
      );
      const found = await allPages({ sort });
      expect(new Set(found.map((each) => each.id)).size).toBe(found.length);
      const whole = await platform.ask(products.list, { limit: 200, sort });
      expect(found).toEqual(whole.items);
    },
  );

  it('are found by words in name or description, and wildcards are only characters', async () => {
    await add({ name: '100% wool cap', description: 'Warm_head' });
    const search = (text: string) => allPages({ search: text }).then((list) => list.length);
    expect(await search('WOOL warm')).toBe(1);
    expect(await search('100%')).toBe(1);
    expect(await search('%wool%')).toBe(0);
    expect(await search("'; DROP TABLE product; --")).toBe(0);
  });

  it('refuse a cursor that no list gave', async () => {
    for (const cursor of ['x', 'W10', Buffer.from('["a"]').toString('base64url')]) {
      await expect(platform.ask(products.list, { cursor })).rejects.toMatchObject({
        code: 'request.invalid',
      });
    }
  });

  it('are added once for one idempotency key', async () => {
    const added = await Promise.all(Array.from({ length: 20 }, () => add({}, 'key-1')));
    expect(new Set(added.map((each) => each.id)).size).toBe(1);
    await expect(add({ name: 'Other' }, 'key-1')).rejects.toMatchObject({
      code: 'idempotency.key-reused',
    });
    await expect(add({}, 'no spaces')).rejects.toMatchObject({ code: 'idempotency.key-invalid' });
  });

  it('are quoted to other services only', async () => {
    await expect(
      platform.ask(products.quote, { ids: [(await add({})).id] }, { as: admin }),
    ).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('[2.6] stand in a table with id, name, description and price in minor units', async () => {
    const client = new Client({ connectionString: platform.database.adminUrl });
    await client.connect();
    const { rows } = await client.query<{ column_name: string; data_type: string }>(
      `SELECT column_name, data_type FROM information_schema.columns
       WHERE table_schema = 'products' AND table_name = 'product'`,
    );
    const columns = Object.fromEntries(rows.map((row) => [row.column_name, row.data_type]));
    expect(columns).toMatchObject({
      id: 'uuid',
      name: 'text',
      description: 'text',
      price: 'integer',
      currency: 'character',
    });
    const negative = `INSERT INTO products.product (id, name, description, price, currency, created_at)
      VALUES (gen_random_uuid(), 'x', '', -1, 'EUR', now())`;
    await expect(client.query(negative)).rejects.toThrow(/price/);
    await client.end();
  });
});

describe('the demo catalogue', () => {
  it('fills an empty catalogue once, however many processes start and however often', async () => {
    const platform = await aPlatform([app], { env: { products: { DEMO: 'true' } } });
    const count = async () => (await platform.ask(products.list, { limit: 200 })).items.length;
    const before = await count();
    expect(before).toBeGreaterThanOrEqual(12);
    await platform.stop('products');
    await platform.start(app);
    expect(await count()).toBe(before);
    await platform.close();
  });

  it('[4.13] is refused in production', async () => {
    const env = { products: { DEMO: 'true', NODE_ENV: 'production' } };
    await expect(aPlatform([app], { env })).rejects.toThrow(/production/);
  });
});
