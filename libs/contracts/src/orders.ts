import { z } from 'zod';
import { eventsOf } from './event.js';
import { Id, Instant, pageFields, pageOf, Price, Total } from './fields.js';
import { messagesOf } from './message.js';
import { QUOTE_SIZE_MAX } from './products.js';

const message = messagesOf('orders');
const event = eventsOf('orders');

export const QUANTITY_MAX = 10_000;

export const OrderItem = z
  .strictObject({
    productId: Id,
    name: z.string(),
    quantity: z.int(),
    price: Price,
  })
  .meta({ id: 'OrderItem', description: 'a line, with name and price as they were when ordered' });

export const Order = z
  .strictObject({
    id: Id,
    userId: Id,
    status: z.enum(['placed']),
    items: z.array(OrderItem),
    total: Total,
    version: z.int(),
    createdAt: Instant,
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

export const CreateOrder = z
  .strictObject({
    items: z
      .array(z.strictObject({ productId: Id, quantity: z.int().min(1).max(QUANTITY_MAX) }))
      .min(1)
      .max(QUOTE_SIZE_MAX)
      .refine((items) => new Set(items.map((item) => item.productId)).size === items.length, {
        message: 'must name each product once',
      }),
  })
  .meta({ id: 'CreateOrder' });
export type CreateOrder = z.infer<typeof CreateOrder>;

export const orders = {
  create: message({
    name: 'create',
    effect: 'once',
    summary: 'Places an order at the prices of the catalogue',
    access: { by: 'permission', permission: 'orders:create' },
    guards: 'money',
    input: CreateOrder,
    output: Order,
    problems: [
      'orders.product-unknown',
      'orders.currency-mixed',
      'idempotency.key-reused',
      'idempotency.key-invalid',
    ],
  }),
  list: message({
    name: 'list',
    effect: 'none',
    summary: 'Your own orders, newest first',
    access: { by: 'permission', permission: 'orders:read' },
    input: z.strictObject(pageFields),
    output: pageOf(Order, 'OrderPage'),
  }),
  read: message({
    name: 'read',
    effect: 'none',
    summary: "One of your own orders; another's is as unknown as one that never was",
    access: { by: 'permission', permission: 'orders:read' },
    input: z.strictObject({ id: Id }),
    output: Order,
    problems: ['orders.unknown'],
  }),
};

const EventItem = z.strictObject({ productId: Id, quantity: z.int(), price: Price });

export const orderEvents = {
  created: event({
    name: 'created',
    version: 1,
    summary: 'An order is confirmed: its stock is reserved',
    data: z.strictObject({ orderId: Id, userId: Id, items: z.array(EventItem), total: Total }),
  }),
  cancelled: event({
    name: 'cancelled',
    version: 1,
    summary: 'An order is off: its stock is free again',
    data: z.strictObject({ orderId: Id, userId: Id, reason: z.enum(['requested', 'expired']) }),
  }),
};
