import { randomUUID } from 'node:crypto';
import { aNewUser, aProduct, call } from './api.js';

interface Order {
  readonly id: string;
  readonly userId: string;
  readonly total: { readonly amount: number };
}
interface OrderPage {
  readonly items: readonly Order[];
}

const orderOf = (productId: string, quantity = 1) => ({ items: [{ productId, quantity }] });

describe('orders', () => {
  it('[4.16] are placed and seen by a default user', async () => {
    const [{ token }, product] = await Promise.all([aNewUser(), aProduct()]);
    const placed = await call<Order>('POST /api/orders', { token, body: orderOf(product.id, 2) });
    expect(placed.status).toBe(201);
    expect(placed.body.total.amount).toBe(2 * product.price.amount);
    const read = await call<Order>(`GET ${placed.headers.get('location')}`, { token });
    expect(read.body).toEqual(placed.body);
    const page = await call<OrderPage>('GET /api/orders', { token });
    expect(page.body.items.map((order) => order.id)).toEqual([placed.body.id]);
  });

  it("[4.10] of another are as unknown as orders that never were, and never in one's own list", async () => {
    const [owner, other, product] = await Promise.all([aNewUser(), aNewUser(), aProduct()]);
    const { body } = await call<Order>('POST /api/orders', {
      token: owner.token,
      body: orderOf(product.id),
    });
    const foreign = await call(`GET /api/orders/${body.id}`, { token: other.token });
    const absent = await call('GET /api/orders/01938000-0000-7000-8000-00000000dead', {
      token: other.token,
    });
    const withoutIds = (text: string) => text.replace(/[0-9a-f-]{36}/g, 'id');
    expect([foreign.status, absent.status]).toEqual([404, 404]);
    expect(withoutIds(foreign.text)).toBe(withoutIds(absent.text));
    const list = await call<OrderPage>('GET /api/orders', { token: other.token });
    expect(list.body.items).toEqual([]);
    expect((await call('GET /api/orders')).status).toBe(401);
  });

  it('are placed once for one idempotency key, however often it is sent', async () => {
    const [{ token }, product] = await Promise.all([aNewUser(), aProduct()]);
    const headers = { 'idempotency-key': randomUUID() };
    const place = (quantity: number) =>
      call<Order>('POST /api/orders', { token, headers, body: orderOf(product.id, quantity) });
    const answers = await Promise.all(Array.from({ length: 20 }, () => place(1)));
    expect(answers.map((answer) => answer.status)).toEqual(Array(20).fill(201));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const list = await call<OrderPage>('GET /api/orders', { token });
    expect(list.body.items).toHaveLength(1);
    expect((await place(2)).status).toBe(422);
  });

  it('[4.11] belong to the user of the token, whatever identity headers a client sends', async () => {
    const [owner, victim, product] = await Promise.all([aNewUser(), aNewUser(), aProduct()]);
    for (const name of ['request-user-id', 'request_user_id', 'Request-User-Id', 'x-user-id']) {
      const { body } = await call<Order>('POST /api/orders', {
        token: owner.token,
        body: orderOf(product.id),
        headers: { [name]: victim.id },
      });
      expect(body.userId).toBe(owner.id);
      const anonymous = await call('GET /api/orders', { headers: { [name]: victim.id } });
      expect(anonymous.status).toBe(401);
    }
  });

  it('that make no sense are refused with every fault listed', async () => {
    const { token } = await aNewUser();
    const answer = await call<{ errors: { pointer: string }[] }>('POST /api/orders', {
      token,
      body: { items: [{ productId: 'x', quantity: 0 }], discount: 5 },
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.body.errors.map((fault) => fault.pointer).sort()).toEqual([
      '',
      '/items/0/productId',
      '/items/0/quantity',
    ]);
  });
});
