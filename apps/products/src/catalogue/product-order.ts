import type { ListProducts } from '@courtside/contracts';
import type { ProductRow } from './product.entity.js';

type Sort = ListProducts['sort'];

/** How one sort reads the table: which values order it, and what they are in a row. */
export interface ProductOrder {
  readonly column: string;
  /** The value of the last row seen, in the same terms as the column: the database folds case. */
  readonly bound: string;
  readonly direction: 'ASC' | 'DESC';
  valueIn(row: ProductRow): string | number;
}

const columns = {
  name: { column: 'lower(product.name)', bound: 'lower(:value)', valueIn: (row) => row.name },
  createdAt: {
    column: 'product.created_at',
    bound: ':value',
    valueIn: (row) => row.createdAt.toISOString(),
  },
  price: { column: 'product.price', bound: ':value', valueIn: (row) => row.price },
} satisfies Record<string, Omit<ProductOrder, 'direction'>>;

export function productOrder(sort: Sort): ProductOrder {
  const isDescending = sort.startsWith('-');
  const key = (isDescending ? sort.slice(1) : sort) as keyof typeof columns;
  return { ...columns[key], direction: isDescending ? 'DESC' : 'ASC' };
}
