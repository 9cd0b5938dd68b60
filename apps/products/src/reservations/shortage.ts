import type { WantedItems } from '@courtside/contracts';

/** A product as a reservation sees it. */
export interface Stocked {
  readonly id: string;
  readonly name: string;
  /** Pieces left; null where it is made to order. */
  readonly stock: number | null;
}

/** Says of every product what is wanted and what is left where that is less; undefined when all is there. */
export function shortageOf(items: WantedItems, products: readonly Stocked[]): string | undefined {
  const wanted = new Map(items.map(({ productId, quantity }) => [productId, quantity]));
  const short = products.flatMap(({ id, name, stock }) => {
    const quantity = wanted.get(id) ?? 0;
    return stock !== null && stock < quantity ? [`${name}: ${quantity} wanted, ${stock} left`] : [];
  });
  return short.length > 0 ? short.join('; ') : undefined;
}
