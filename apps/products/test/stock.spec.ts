import { products, STOCK_MAX } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { aPlatform, aUser, anAdmin, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';

describe('adjusting a stock', () => {
  let platform: TestPlatform;
  const admin = anAdmin();
  beforeAll(async () => (platform = await aPlatform([app])));
  afterAll(() => platform.close());

  const aProduct = (stock?: number | null) =>
    platform.ask(
      products.create,
      { name: 'Ball', price: { amount: 1_999, currency: 'EUR' }, stock },
      { as: admin },
    );
  const adjust = (id: string, change: number, metadata: Record<string, string> = {}) =>
    platform.ask(products.adjustStock, { id, change }, { as: admin, metadata });

  it('adds what came in and takes what went, one version each', async () => {
    const ball = await aProduct(3);
    expect(await adjust(ball.id, 4)).toEqual({ ...ball, stock: 7, version: 2 });
    expect(await adjust(ball.id, -7)).toEqual({ ...ball, stock: 0, version: 3 });
    expect(await platform.ask(products.read, { id: ball.id })).toMatchObject({ stock: 0 });
  });

  it('gives a stock to what was made to order, as everything is unless more is said', async () => {
    const ball = await aProduct();
    expect(ball.stock).toBeNull();
    await expect(adjust(ball.id, -1)).rejects.toMatchObject({
      code: 'products.stock-out-of-range',
      detail: expect.stringContaining('is made to order'),
    });
    expect(await adjust(ball.id, 5)).toMatchObject({ stock: 5 });
  });

  it('never leaves less than nothing, nor more than a stock can be', async () => {
    const ball = await aProduct(3);
    for (const change of [-4, STOCK_MAX]) {
      await expect(adjust(ball.id, change)).rejects.toMatchObject({
        code: 'products.stock-out-of-range',
        status: 409,
        detail: expect.stringContaining('Ball has 3 left'),
      });
    }
    const taken = await Promise.allSettled(Array.from({ length: 20 }, () => adjust(ball.id, -1)));
    expect(taken.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(await platform.ask(products.read, { id: ball.id })).toMatchObject({ stock: 0 });
  });

  it.each([0, 0.5, STOCK_MAX + 1, '1'])('by %p is refused', async (change) => {
    const { id } = await aProduct(3);
    await expect(adjust(id, change as number)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('happens once for one idempotency key', async () => {
    const { id } = await aProduct(3);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => adjust(id, 2, { 'idempotency-key': 'delivery-7' })),
    );
    expect(new Set(answers.map(({ stock }) => stock))).toEqual(new Set([5]));
  });

  it('is refused where the version has moved on', async () => {
    const { id } = await aProduct(3);
    await adjust(id, 1);
    await expect(adjust(id, 1, { 'if-match': '"1"' })).rejects.toMatchObject({
      code: 'request.precondition-failed',
    });
    expect(await adjust(id, 1, { 'if-match': '"2"' })).toMatchObject({ stock: 5 });
  });

  it('is for whoever may, and for products that exist', async () => {
    const { id } = await aProduct(3);
    await expect(
      platform.ask(products.adjustStock, { id, change: 1 }, { as: aUser() }),
    ).rejects.toMatchObject({ code: 'access.denied' });
    await expect(adjust(newId(), 1)).rejects.toMatchObject({ code: 'products.unknown' });
  });
});
