import type { ListProducts } from '@courtside/contracts';
import { z } from 'zod';
import type { ProductRow } from './product.entity.js';

type Sort = ListProducts['sort'];

/** How one sort reads the table: which values order it, and what they are in a row. */
export interface ProductOrder {
  readonly column: string;
  /** The value of the last row seen, in the same terms as the column: the database folds case. */
  readonly bound: string;
  readonly direction: 'ASC' | 'DESC';
  valueIn(row: ProductRow): string | number;
  /** What stands in a cursor: the value, and the id that tells equal values apart. */
  readonly position: z.ZodType<[string | number, string]>;
}

const columns = {
  name: {
    column: 'lower(product.name)',
    bound: 'lower(:value)',
    valueIn: (row) => row.name,
    position: z.tuple([z.string(), z.uuid()]),
  },
  createdAt: {
    column: 'product.created_at',
    bound: ':value',
    valueIn: (row) => row.createdAt.toISOString(),
    position: z.tuple([z.iso.datetime(), z.uuid()]),
  },
  price: {
    column: 'product.price',
    bound: ':value',
    valueIn: (row) => row.price,
    position: z.tuple([z.int32(), z.uuid()]),
  },
} satisfies Record<string, Omit<ProductOrder, 'direction'>>;

export function productOrder(sort: Sort): ProductOrder {
  const isDescending = sort.startsWith('-');
  const key = (isDescending ? sort.slice(1) : sort) as keyof typeof columns;
  return { ...columns[key], direction: isDescending ? 'DESC' : 'ASC' };
}
