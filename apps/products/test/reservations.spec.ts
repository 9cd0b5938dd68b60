import { orderEvents, products, type EventOf, type WantedItems } from '@courtside/contracts';
import { Bus, newId } from '@courtside/service';
import { aPlatform, anAdmin, eventually, fakeService, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { app } from '../src/app.js';

type Cancelled = EventOf<typeof orderEvents.cancelled>;

describe('the stock', () => {
  let platform: TestPlatform;
  let sql: Client;
  beforeAll(async () => {
    platform = await aPlatform([app, fakeService('orders')]);
    sql = new Client({ connectionString: platform.database.adminUrl });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await platform.close();
  });

  const ordersBus = () => platform.running.get('orders')!.context.get(Bus);
  const reserve = (items: WantedItems, orderId = newId()) =>
    ordersBus().request(products.reserve, { orderId, items });
  const cancelled = (orderId: string): Cancelled => ({
    specversion: '1.0',
    id: newId(),
    source: '/orders',
    type: 'orders.cancelled.v1',
    subject: orderId,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    sequence: '1',
    data: { orderId, userId: newId(), reason: 'requested' },
  });
  const tell = (event: Cancelled) => ordersBus().publish(orderEvents.cancelled.name, [event]);

  const aProduct = (stock: number | null, name = 'Ball') =>
    platform.ask(
      products.create,
      { name, price: { amount: 1_999, currency: 'EUR' }, stock },
      { as: anAdmin() },
    );
  const left = async (id: string) => (await platform.ask(products.read, { id })).stock;
  const isHandled = async ({ id }: Cancelled) =>
    (await sql.query('SELECT 1 FROM products.inbox WHERE event_id = $1', [id])).rowCount;

  it('of 100 pieces is reserved by exactly 100 of 200 orders that come at once', async () => {
    const { id } = await aProduct(100);
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, () => reserve([{ productId: id, quantity: 1 }])),
    );
    const refused = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [answer.reason as { code: string; detail: string }] : [],
    );
    expect(refused).toHaveLength(100);
    for (const problem of refused) {
      expect(problem).toMatchObject({
        code: 'products.out-of-stock',
        status: 409,
        detail: 'Ball: 1 wanted, 0 left',
      });
    }
    expect(await left(id)).toBe(0);
  });

  it('is reserved for all items of an order or for none, and what is short is named', async () => {
    const [many, few] = [await aProduct(5, 'Many'), await aProduct(1, 'Few')];
    const both = [
      { productId: many.id, quantity: 5 },
      { productId: few.id, quantity: 2 },
    ];
    await expect(reserve(both)).rejects.toMatchObject({ detail: 'Few: 2 wanted, 1 left' });
    expect([await left(many.id), await left(few.id)]).toEqual([5, 1]);
  });

  it('is taken once for an order, however often it is asked, and refused to it for good', async () => {
    const { id } = await aProduct(3);
    const [held, refused] = [newId(), newId()];
    const one = [{ productId: id, quantity: 2 }];
    await Promise.all(Array.from({ length: 20 }, () => reserve(one, held)));
    expect(await left(id)).toBe(1);
    await expect(reserve(one, refused)).rejects.toMatchObject({ code: 'products.out-of-stock' });
    await platform.ask(products.adjustStock, { id, change: 10 }, { as: anAdmin() });
    await expect(reserve(one, refused)).rejects.toMatchObject({
      code: 'products.out-of-stock',
      detail: 'Ball: 2 wanted, 1 left',
    });
    expect(await left(id)).toBe(11);
  });

  it('has no limit for what is made to order', async () => {
    const [racket, ball] = [await aProduct(null, 'Racket'), await aProduct(1)];
    await reserve([
      { productId: racket.id, quantity: 10_000 },
      { productId: ball.id, quantity: 1 },
    ]);
    expect([await left(racket.id), await left(ball.id)]).toEqual([null, 0]);
  });

  it('lets orders for the same products pass whatever order they name them in', async () => {
    const catalogue = await Promise.all(Array.from({ length: 6 }, () => aProduct(1_000)));
    const items = catalogue.map(({ id }) => ({ productId: id, quantity: 1 }));
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => reserve(index % 2 ? items : items.toReversed())),
    );
    expect(await Promise.all(catalogue.map(({ id }) => left(id)))).toEqual(Array(6).fill(940));
    expect(platform.logLines.join('')).not.toMatch(/deadlock/);
  });

  it('is not reserved for a product that does not exist, nor for none, nor by a user', async () => {
    const { id } = await aProduct(1);
    const absent = newId();
    const items = [id, absent].map((productId) => ({ productId, quantity: 1 }));
    await expect(reserve(items)).rejects.toMatchObject({
      code: 'products.unknown',
      detail: expect.stringContaining(absent),
    });
    await expect(reserve([])).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(
      platform.ask(products.reserve, { orderId: newId(), items }, { as: anAdmin() }),
    ).rejects.toMatchObject({ code: 'access.denied' });
    expect(await left(id)).toBe(1);
  });

  it('[4.23] comes back once when orders tells that an order is off, however often it tells', async () => {
    const { id } = await aProduct(5);
    const orderId = newId();
    await reserve([{ productId: id, quantity: 3 }], orderId);
    const event = cancelled(orderId);
    await Promise.all([tell(event), tell(event)]);
    await eventually('the event is handled', () => isHandled(event));
    const again = cancelled(orderId);
    await tell(event);
    await tell(again);
    await eventually('another event of the order is handled', () => isHandled(again));
    expect(await left(id)).toBe(5);
  });

  it('[4.23] is refused to an order that was called off before it came to reserve', async () => {
    const { id } = await aProduct(5);
    const event = cancelled(newId());
    await tell(event);
    await eventually('the event is handled', () => isHandled(event));
    await expect(
      reserve([{ productId: id, quantity: 1 }], event.data.orderId),
    ).rejects.toMatchObject({ code: 'products.reservation-released' });
    expect(await left(id)).toBe(5);
  });
});
