import type { Order } from '@courtside/contracts';
import type { OrderRow } from './order.entity.js';

/** An order as its owner sees it. */
export const orderOf = (row: OrderRow): Order => ({
  id: row.id,
  userId: row.userId,
  status: row.status,
  items: [...row.items]
    .sort((one, other) => one.line - other.line)
    .map(({ productId, name, quantity, price }) => ({
      productId,
      name,
      quantity,
      price: { amount: price, currency: row.currency },
    })),
  total: { amount: row.total, currency: row.currency },
  version: row.version,
  createdAt: row.createdAt.toISOString(),
});
