import { Problem, type CreateOrder, type Price } from '@courtside/contracts';

/** A product as the catalogue quotes it. */
export interface Quote {
  readonly id: string;
  readonly name: string;
  readonly price: Price;
}

export interface PricedItem {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
  /** Minor units of the order's currency, for one piece. */
  readonly price: number;
}

export interface PricedItems {
  readonly items: readonly PricedItem[];
  readonly total: number;
  readonly currency: string;
}

/**
 * Prices what is wanted by what the catalogue quotes.
 * @throws Problem `orders.product-unknown` naming every unknown product, `orders.currency-mixed`.
 */
export function pricedItems(wanted: CreateOrder['items'], quotes: readonly Quote[]): PricedItems {
  const quoteOf = new Map(quotes.map((quote) => [quote.id, quote]));
  const unknown = wanted.filter(({ productId }) => !quoteOf.has(productId));
  if (unknown.length > 0) {
    const ids = unknown.map(({ productId }) => productId).join(', ');
    throw new Problem('orders.product-unknown', `not in the catalogue: ${ids}`);
  }
  const currencies = [...new Set(quotes.map((quote) => quote.price.currency))];
  const [currency, ...others] = currencies;
  if (currency === undefined || others.length > 0) {
    throw new Problem('orders.currency-mixed', `the products cost ${currencies.join(' and ')}`);
  }
  const items = wanted.flatMap(({ productId, quantity }) => {
    const quote = quoteOf.get(productId);
    return quote ? [{ productId, quantity, name: quote.name, price: quote.price.amount }] : [];
  });
  return {
    items,
    currency,
    total: items.reduce((sum, item) => sum + item.price * item.quantity, 0),
  };
}
