import { z } from 'zod';
import { eventsOf } from './event.js';
import { Id, Instant, Nothing, pageFields, pageOf, Price, text } from './fields.js';
import { messagesOf } from './message.js';

const message = messagesOf('products');
const event = eventsOf('products');

/** Far beyond any warehouse, and far inside what the database counts with. */
export const STOCK_MAX = 1_000_000;

const Stock = z
  .int()
  .min(0)
  .nullable()
  .meta({ description: 'pieces that can still be ordered; null: made to order, without a limit' });

export const Product = z
  .strictObject({
    id: Id,
    name: z.string(),
    description: z.string(),
    price: Price,
    stock: Stock,
    version: z.int(),
    createdAt: Instant,
  })
  .meta({ id: 'Product' });
export type Product = z.infer<typeof Product>;

export const CreateProduct = z
  .strictObject({
    name: text(1, 120),
    description: text(0, 4_000).default(''),
    price: Price,
    stock: z
      .int()
      .min(0)
      .max(STOCK_MAX)
      .nullable()
      .default(null)
      .meta({ description: 'pieces in stock; null: made to order, without a limit' }),
  })
  .meta({ id: 'CreateProduct' });
export type CreateProduct = z.infer<typeof CreateProduct>;

export const productSorts = [
  'name',
  '-name',
  'createdAt',
  '-createdAt',
  'price',
  '-price',
] as const;

export const ListProducts = z.strictObject({
  ...pageFields,
  search: text(1, 100).optional().meta({ description: 'words in name or description' }),
  sort: z.enum(productSorts).default('-createdAt'),
});
export type ListProducts = z.infer<typeof ListProducts>;

export const AdjustStock = z
  .strictObject({
    id: Id,
    change: z
      .int()
      .min(-STOCK_MAX)
      .max(STOCK_MAX)
      .refine((change) => change !== 0, { message: 'must not be 0' })
      .meta({ description: 'pieces that came in, or, below 0, that went' }),
  })
  .meta({ id: 'AdjustStock' });
export type AdjustStock = z.infer<typeof AdjustStock>;

/** How many products one quote can ask for: the lines of the largest order. */
export const QUOTE_SIZE_MAX = 100;
export const QUANTITY_MAX = 10_000;

/** Products and how many of each; what an order is placed and reserved with. */
export const WantedItems = z
  .array(z.strictObject({ productId: Id, quantity: z.int().min(1).max(QUANTITY_MAX) }))
  .min(1)
  .max(QUOTE_SIZE_MAX)
  .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
    message: 'must name each product once',
  });
export type WantedItems = z.infer<typeof WantedItems>;

const byOrders = { by: 'service', callers: ['orders'] } as const;

export const products = {
  create: message({
    name: 'create',
    effect: 'once',
    summary: 'Adds a product to the catalogue',
    access: { by: 'permission', permission: 'products:create' },
    input: CreateProduct,
    output: Product,
    problems: ['idempotency.key-reused', 'idempotency.key-invalid'],
  }),
  list: message({
    name: 'list',
    effect: 'none',
    summary: 'The catalogue, page by page',
    access: { by: 'anyone' },
    input: ListProducts,
    output: pageOf(Product, 'ProductPage'),
  }),
  read: message({
    name: 'read',
    effect: 'none',
    summary: 'One product',
    access: { by: 'anyone' },
    input: z.strictObject({ id: Id }),
    output: Product,
    problems: ['products.unknown'],
  }),
  quote: message({
    name: 'quote',
    effect: 'none',
    summary: 'Names and prices of the given products, for an order; unknown ids are left out',
    access: byOrders,
    input: z.strictObject({ ids: z.array(Id).min(1).max(QUOTE_SIZE_MAX) }),
    output: z.strictObject({
      products: z.array(z.strictObject({ id: Id, name: z.string(), price: Price })),
    }),
  }),
  reserve: message({
    name: 'reserve',
    effect: 'idempotent',
    summary:
      'Takes the pieces of an order from the stock, all or none; asked again, the same answer',
    access: byOrders,
    input: z.strictObject({ orderId: Id, items: WantedItems }),
    output: Nothing,
    problems: ['products.out-of-stock', 'products.unknown', 'products.reservation-released'],
  }),
  adjustStock: message({
    name: 'adjust-stock',
    effect: 'once',
    summary: 'Adds pieces to the stock or takes some away; one that was made to order gets a stock',
    access: { by: 'permission', permission: 'products:update' },
    input: AdjustStock,
    output: Product,
    problems: [
      'products.unknown',
      'products.stock-out-of-range',
      'request.precondition-failed',
      'idempotency.key-reused',
      'idempotency.key-invalid',
    ],
  }),
};

export const productEvents = {
  created: event({
    name: 'created',
    version: 1,
    summary: 'The catalogue has a new product',
    data: z.strictObject({ productId: Id, name: z.string(), price: Price }),
  }),
};
