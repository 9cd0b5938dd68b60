import { z } from 'zod';
import { eventsOf } from './event.js';
import { Id, Instant, pageFields, pageOf, Price, text } from './fields.js';
import { messagesOf } from './message.js';

const message = messagesOf('products');
const event = eventsOf('products');

export const Product = z
  .strictObject({
    id: Id,
    name: z.string(),
    description: z.string(),
    price: Price,
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

/** How many products one quote can ask for: the lines of the largest order. */
export const QUOTE_SIZE_MAX = 100;

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
    access: { by: 'service', callers: ['orders'] },
    input: z.strictObject({ ids: z.array(Id).min(1).max(QUOTE_SIZE_MAX) }),
    output: z.strictObject({
      products: z.array(z.strictObject({ id: Id, name: z.string(), price: Price })),
    }),
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
