import { randomUUID } from 'node:crypto';
import { eventually } from '@courtside/testing';
import { aNewUser, call, signIn } from './api.js';

interface Product {
  readonly id: string;
  readonly stock: number | null;
}
interface Order {
  readonly id: string;
  readonly status: string;
}

async function aProductOf(stock: number, name = 'Final ball'): Promise<Product> {
  const { body } = await call<Product>('POST /api/products', {
    token: await signIn('admin'),
    body: { name, price: { amount: 1_000, currency: 'EUR' }, stock },
  });
  return body;
}

const left = async (id: string) => (await call<Product>(`GET /api/products/${id}`)).body.stock;
const orderOf = (productId: string, quantity = 1) => ({ items: [{ productId, quantity }] });

/** As a client does who was told to try again, or got no answer: the same order with the same key. */
async function place(token: string, productId: string) {
  const headers = { 'idempotency-key': randomUUID() };
  for (;;) {
    const answer = await call<Order & { code?: string; detail?: string }>('POST /api/orders', {
      token,
      headers,
      body: orderOf(productId),
    }).catch(() => undefined);
    if (answer && answer.status < 500) return answer;
    // A burst may ask for more than there is; only then may a client be told to come again.
    if (answer) expect([503, 504]).toContain(answer.status);
  }
}

describe('stock', () => {
  it('of 100 pieces goes to exactly 100 of 200 orders that come at once, the rest are told why', async () => {
    const product = await aProductOf(100);
    const buyers = await Promise.all(Array.from({ length: 4 }, () => aNewUser()));
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => place(buyers[index % 4]!.token, product.id)),
    );
    const confirmed = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect([confirmed.length, refused.length]).toEqual([100, 100]);
    for (const { body } of confirmed) expect(body.status).toBe('confirmed');
    for (const { body } of refused) {
      expect(body).toMatchObject({
        code: 'products.out-of-stock',
        detail: 'Final ball: 1 wanted, 0 left',
      });
    }
    expect(await left(product.id)).toBe(0);
  }, 30_000);

  it('[4.23] comes back when its order is cancelled, once however often that is sent', async () => {
    const [{ token }, other, product] = await Promise.all([aNewUser(), aNewUser(), aProductOf(5)]);
    const placed = await call<Order>('POST /api/orders', { token, body: orderOf(product.id, 3) });
    expect(await left(product.id)).toBe(2);
    const path = `POST /api/orders/${placed.body.id}/cancel`;
    expect((await call(path, { token: other.token })).status).toBe(404);
    expect((await call(path)).status).toBe(401);
    const stale = await call(path, { token, headers: { 'if-match': '"1"' } });
    expect(stale.status).toBe(412);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call<Order>(path, { token })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]!.body.status).toBe('cancelled');
    await eventually('the stock is back', async () => (await left(product.id)) === 5);
    expect((await call<Order>(path, { token })).body).toEqual(answers[0]!.body);
    const again = await call<Order>('POST /api/orders', { token, body: orderOf(product.id, 5) });
    expect(again.status).toBe(201);
    expect(await left(product.id)).toBe(0);
  });

  it('is adjusted by whoever may, never below nothing', async () => {
    const [admin, { token }, product] = await Promise.all([
      signIn('admin'),
      aNewUser(),
      aProductOf(5),
    ]);
    const path = `POST /api/v1/products/${product.id}/stock`;
    const headers = { 'idempotency-key': randomUUID() };
    for (let count = 0; count < 2; count++) {
      const added = await call<Product>(path, { token: admin, headers, body: { change: 3 } });
      expect([added.status, added.body.stock]).toEqual([200, 8]);
    }
    const tooMany = await call(path, { token: admin, body: { change: -9 } });
    expect([tooMany.status, tooMany.body['code']]).toEqual([409, 'products.stock-out-of-range']);
    expect((await call(path, { token, body: { change: 1 } })).status).toBe(403);
    expect((await call(path, { body: { change: 1 } })).status).toBe(401);
    expect(await left(product.id)).toBe(8);
  });

  it('that was refused stays refused for its key, and a new key may have what came in', async () => {
    const [admin, { token }, product] = await Promise.all([
      signIn('admin'),
      aNewUser(),
      aProductOf(1),
    ]);
    const headers = { 'idempotency-key': randomUUID() };
    const body = orderOf(product.id, 2);
    const first = await call('POST /api/orders', { token, headers, body });
    const change = { token: admin, body: { change: 5 } };
    await call(`POST /api/products/${product.id}/stock`, change);
    const second = await call('POST /api/orders', { token, headers, body });
    expect([first.status, second.status]).toEqual([409, 409]);
    expect(second.body['detail']).toBe(first.body['detail']);
    expect((await call('POST /api/orders', { token, body })).status).toBe(201);
    expect(await left(product.id)).toBe(4);
  });
});
