import type { Product } from '@courtside/contracts';
import type { ProductRow } from './product.entity.js';

/** A product as clients see it. */
export const productOf = (row: ProductRow): Product => ({
  id: row.id,
  name: row.name,
  description: row.description,
  price: { amount: row.price, currency: row.currency },
  stock: row.stock,
  version: row.version,
  createdAt: row.createdAt.toISOString(),
});
