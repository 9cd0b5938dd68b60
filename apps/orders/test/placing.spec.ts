import { orders, Problem } from '@courtside/contracts';
import { aPlatform, aUser, eventually, fakeService, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';
import { ball, FakeProductsController, stock } from './fake-catalogue.js';

const outOfStock = async () => {
  throw new Problem('products.out-of-stock', 'Ball: 1 wanted, 0 left');
};

describe('placing an order', () => {
  let platform: TestPlatform;
  const env = { orders: { ORDER_PENDING_TTL_MS: '1500' } };
  beforeAll(async () => {
    platform = await aPlatform([app, fakeService('products', FakeProductsController)], { env });
  });
  afterAll(() => platform.close());
  beforeEach(() => Object.assign(stock, { asked: [], answer: async () => null }));

  const place = (as: ReturnType<typeof aUser>, { key = 'key', deadlineMs = 5_000 } = {}) =>
    platform.ask(
      orders.create,
      { items: [{ productId: ball.id, quantity: 1 }] },
      { as, deadlineMs, metadata: { 'idempotency-key': key } },
    );
  const own = async (as: ReturnType<typeof aUser>) =>
    (await platform.ask(orders.list, {}, { as })).items;

  /** Products takes its time until the spec lets it answer. */
  function heldUp(answer: () => Promise<null> = async () => null) {
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    stock.answer = () => gate.then(answer);
    return letGo;
  }

  it('reserves its stock once it is written down, and only then confirms it', async () => {
    const user = aUser();
    const letGo = heldUp();
    const placed = place(user);
    const [pending] = await eventually('products is asked', async () =>
      stock.asked.length > 0 ? own(user) : undefined,
    );
    expect(pending).toMatchObject({ id: stock.asked[0], status: 'pending', version: 1 });
    letGo();
    expect(await placed).toEqual({ ...pending, status: 'confirmed', version: 2 });
    expect(await own(user)).toEqual([await placed]);
  });

  it('is refused with the sentence of products, the same each time it is sent', async () => {
    const user = aUser();
    stock.answer = outOfStock;
    const refusal = {
      code: 'products.out-of-stock',
      detail: 'Ball: 1 wanted, 0 left',
      status: 409,
    };
    await expect(place(user)).rejects.toMatchObject(refusal);
    stock.answer = async () => null;
    await expect(place(user)).rejects.toMatchObject(refusal);
    expect(stock.asked).toHaveLength(1);
    expect(await own(user)).toMatchObject([{ id: stock.asked[0], status: 'refused', version: 2 }]);
  });

  it('goes on where it stood when the answer was lost and the key comes again', async () => {
    const user = aUser();
    const letGo = heldUp();
    await expect(place(user, { deadlineMs: 200 })).rejects.toMatchObject({ code: 'service.late' });
    const again = place(user);
    letGo();
    const order = await again;
    expect(order).toMatchObject({ id: stock.asked[0], status: 'confirmed', version: 2 });
    expect(new Set(stock.asked)).toEqual(new Set([order.id]));
    expect(await own(user)).toEqual([order]);
  });

  it('can be tried again after products broke down on it', async () => {
    const user = aUser();
    stock.answer = async () => {
      throw new Error('the disk is full');
    };
    await expect(place(user)).rejects.toMatchObject({ code: 'service.internal' });
    expect(await own(user)).toMatchObject([{ status: 'pending' }]);
    stock.answer = async () => null;
    expect(await place(user)).toMatchObject({ id: stock.asked[0], status: 'confirmed' });
  });

  it('once it is confirmed, is answered from its key without asking products', async () => {
    const user = aUser();
    const order = await place(user);
    await platform.stop('products');
    expect(await place(user)).toEqual(order);
    await platform.start(fakeService('products', FakeProductsController));
  });

  it('makes one order of 20 parallel calls, whichever of them is answered first', async () => {
    const user = aUser();
    let count = 0;
    stock.answer = async () => {
      if (++count % 3 === 1) throw new Error('one call in three breaks down');
      return null;
    };
    const calls = await Promise.allSettled(Array.from({ length: 20 }, () => place(user)));
    const confirmed = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
    expect(confirmed.length).toBeGreaterThan(0);
    expect(new Set(confirmed.map((order) => JSON.stringify(order))).size).toBe(1);
    expect(await own(user)).toEqual([confirmed[0]]);
  });

  it('that nobody finishes expires, and says so to whoever comes with the key later', async () => {
    const user = aUser();
    stock.answer = async () => {
      throw new Error('away');
    };
    await expect(place(user)).rejects.toMatchObject({ code: 'service.internal' });
    await eventually('the order expires', async () => (await own(user))[0]?.status === 'expired');
    stock.answer = async () => null;
    await expect(place(user)).rejects.toMatchObject({ code: 'orders.expired', status: 409 });
    expect(stock.asked).toHaveLength(1);
    await expect(place(user, { key: 'another' })).resolves.toMatchObject({ status: 'confirmed' });
  });

  it('is not confirmed when the stock comes after it expired', async () => {
    const user = aUser();
    const letGo = heldUp();
    const placed = place(user).catch((error: unknown) => error);
    await eventually('the order expires', async () => (await own(user))[0]?.status === 'expired');
    letGo();
    expect(await placed).toMatchObject({ code: 'orders.expired' });
    expect(await own(user)).toMatchObject([{ status: 'expired', version: 2 }]);
  });
});
