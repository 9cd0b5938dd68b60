import { aProduct, call, signIn } from './api.js';

interface Page {
  readonly items: readonly { id: string; name: string }[];
  readonly next: string | null;
}

describe('the catalogue', () => {
  it('[2.4] is a paged list that anyone can read', async () => {
    const first = await call<Page>('GET /api/v1/products?limit=2&sort=name');
    expect(first.status).toBe(200);
    expect(first.body.items).toHaveLength(2);
    const second = await call<Page>(
      `GET /api/v1/products?limit=2&sort=name&cursor=${first.body.next}`,
    );
    const names = [...first.body.items, ...second.body.items].map((product) => product.name);
    expect(new Set(names).size).toBe(4);
  });

  it('[2.4] shows one product, and a problem for one that is not there', async () => {
    const product = await aProduct();
    const read = await call(`GET /api/v1/products/${product.id}`);
    expect(read.body).toMatchObject({ id: product.id });
    const absent = await call('GET /api/v1/products/01938000-0000-7000-8000-00000000dead');
    expect(absent.status).toBe(404);
    expect(absent.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(absent.body).toMatchObject({ code: 'products.unknown', status: 404 });
  });

  it('takes new products from whoever may add them', async () => {
    const [admin, user] = await Promise.all([signIn('admin'), signIn('user')]);
    const body = { name: 'Training ball', price: { amount: 1_995, currency: 'EUR' } };
    const added = await call('POST /api/products', { token: admin, body });
    expect(added.status).toBe(201);
    const location = added.headers.get('location') ?? '';
    expect((await call(`GET ${location}`)).body).toMatchObject(body);
    expect((await call('POST /api/products', { token: user, body })).status).toBe(403);
    expect((await call('POST /api/products', { body })).status).toBe(401);
  });
});
