import { ProblemError } from '@courtside/client';
import { made, type Visitor } from './platform.js';

/** Products are never deleted, so the journey takes up the one of an earlier one; nobody can buy it. */
const NAME = 'Courtside check, not for sale';
const PRICE = { amount: 100, currency: 'EUR' };
const PAGE = 20;
const PRECONDITION_FAILED = 412;

/** A product with so many pieces, for this journey alone: one of an earlier journey, or a new one. */
export async function aProductWith({ api }: Visitor, pieces: number): Promise<string> {
  const query = { search: NAME, limit: PAGE };
  const { data } = await api.GET('/api/v1/products', { params: { query } });
  const left = made(data, 'no catalogue').items.filter(
    ({ name, stock }) => name === NAME && stock === 0,
  );
  for (const { id, version } of left) {
    // Whoever comes first has it: another journey may look at the same one.
    const header = { 'If-Match': `"${version}"` };
    const params = { path: { id }, header };
    const body = { change: pieces };
    const taken = await api.POST('/api/v1/products/{id}/stock', { params, body }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ProblemError && error.status === PRECONDITION_FAILED) return false;
        throw error;
      },
    );
    if (taken) return id;
  }
  const description = 'bought by checks of this installation, never delivered';
  const body = { name: NAME, description, price: PRICE, stock: pieces };
  return made((await api.POST('/api/v1/products', { body })).data, 'no product').id;
}

/** Pieces of a product that are left. */
export async function stockOf({ api }: Visitor, id: string): Promise<number> {
  const { data } = await api.GET('/api/v1/products/{id}', { params: { path: { id } } });
  return made(data, 'no product').stock ?? Infinity;
}

/** Takes what is left of a product from the catalogue. */
export async function takeAway(visitor: Visitor, id: string): Promise<void> {
  const left = await stockOf(visitor, id);
  if (left === 0) return;
  const params = { path: { id } };
  await visitor.api.POST('/api/v1/products/{id}/stock', { params, body: { change: -left } });
}
