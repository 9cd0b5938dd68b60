import { orders, Problem } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { aPlatform, aUser, eventually, fakeService, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';
import { ball, FakeProductsController, stock } from './fake-catalogue.js';

describe('cancelling an order', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await aPlatform([app, fakeService('products', FakeProductsController)]);
  });
  afterAll(() => platform.close());
  beforeEach(() => Object.assign(stock, { asked: [], answer: async () => null }));

  type As = ReturnType<typeof aUser>;
  const place = (as: As) =>
    platform.ask(orders.create, { items: [{ productId: ball.id, quantity: 1 }] }, { as });
  const cancel = (id: string, as: As, ifMatch?: string) =>
    platform.ask(
      orders.cancel,
      { id },
      { as, ...(ifMatch !== undefined && { metadata: { 'if-match': ifMatch } }) },
    );
  const own = async (as: As) => (await platform.ask(orders.list, {}, { as })).items;

  it('ends it for good, and gives the same answer when it is asked for again', async () => {
    const user = aUser();
    const order = await place(user);
    const cancelled = { ...order, status: 'cancelled', version: 3 };
    expect(await cancel(order.id, user)).toEqual(cancelled);
    expect(await cancel(order.id, user, `"${order.version}"`)).toEqual(cancelled);
    expect(await platform.ask(orders.read, { id: order.id }, { as: user })).toEqual(cancelled);
  });

  it('is one cancellation for 20 parallel calls', async () => {
    const user = aUser();
    const { id } = await place(user);
    const answers = await Promise.all(Array.from({ length: 20 }, () => cancel(id, user)));
    expect(new Set(answers.map((answer) => answer.version))).toEqual(new Set([3]));
  });

  it("[4.10] of another's is as unknown as of one that never was", async () => {
    const user = aUser();
    const order = await place(user);
    for (const id of [order.id, newId()]) {
      await expect(cancel(id, aUser())).rejects.toMatchObject({
        code: 'orders.unknown',
        detail: `you have no order ${id}`,
      });
    }
    expect(await own(user)).toEqual([order]);
  });

  it('needs the permission for it', async () => {
    const user = aUser();
    const { id } = await place(user);
    const reader = { ...user, permissions: ['orders:read'] as const };
    await expect(cancel(id, reader)).rejects.toMatchObject({ code: 'access.denied' });
  });

  it('is refused where the version has moved on', async () => {
    const user = aUser();
    const order = await place(user);
    await expect(cancel(order.id, user, '"1"')).rejects.toMatchObject({
      code: 'request.precondition-failed',
      status: 412,
    });
    expect(await cancel(order.id, user, `"${order.version}"`)).toMatchObject({ version: 3 });
  });

  it('is refused for an order that was refused itself', async () => {
    const user = aUser();
    stock.answer = async () => {
      throw new Problem('products.out-of-stock', 'Ball: 1 wanted, 0 left');
    };
    await expect(place(user)).rejects.toMatchObject({ code: 'products.out-of-stock' });
    const [order] = await own(user);
    await expect(cancel(order?.id ?? '', user)).rejects.toMatchObject({
      code: 'orders.not-cancellable',
      status: 409,
      detail: expect.stringContaining('refused'),
    });
  });

  it('wins over a confirmation that is still under way', async () => {
    const user = aUser();
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    stock.answer = () => gate.then(() => null);
    const placed = place(user);
    const id = await eventually('products is asked', () => stock.asked[0]);
    expect(await cancel(id, user)).toMatchObject({ status: 'cancelled', version: 2 });
    letGo();
    expect(await placed).toMatchObject({ id, status: 'cancelled', version: 2 });
    expect(await own(user)).toMatchObject([{ id, status: 'cancelled' }]);
  });
});
