import type { ListProducts } from '@courtside/contracts';
import type { ProductRow } from './product.entity.js';

type Sort = ListProducts['sort'];

/** How one sort reads the table: which values order it, and what they are in a row. */
export interface ProductOrder {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
  valueIn(row: ProductRow): string | number;
}

const columns = {
  name: { column: 'lower(product.name)', valueIn: (row) => row.name.toLowerCase() },
  createdAt: { column: 'product.created_at', valueIn: (row) => row.createdAt.toISOString() },
  price: { column: 'product.price', valueIn: (row) => row.price },
} satisfies Record<string, Omit<ProductOrder, 'direction'>>;

export function productOrder(sort: Sort): ProductOrder {
  const isDescending = sort.startsWith('-');
  const key = (isDescending ? sort.slice(1) : sort) as keyof typeof columns;
  return { ...columns[key], direction: isDescending ? 'DESC' : 'ASC' };
}
