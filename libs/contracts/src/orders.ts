import { z } from 'zod';
import { eventsOf } from './event.js';
import { Id, Instant, pageFields, pageOf, Price, Total } from './fields.js';
import { messagesOf } from './message.js';
import { WantedItems } from './products.js';

const message = messagesOf('orders');
const event = eventsOf('orders');

export const OrderItem = z
  .strictObject({
    productId: Id,
    name: z.string(),
    quantity: z.int(),
    price: Price,
  })
  .meta({ id: 'OrderItem', description: 'a line, with name and price as they were when ordered' });

/**
 * `pending` until its stock is reserved; then `confirmed`, or `refused` where stock is short. Its
 * owner may cancel it while it is either of the first two; one that stays pending is `expired`.
 */
export const OrderStatus = z.enum(['pending', 'confirmed', 'refused', 'cancelled', 'expired']);
export type OrderStatus = z.infer<typeof OrderStatus>;

export const Order = z
  .strictObject({
    id: Id,
    userId: Id,
    status: OrderStatus,
    items: z.array(OrderItem),
    total: Total,
    version: z.int(),
    createdAt: Instant,
  })
  .meta({ id: 'Order' });
export type Order = z.infer<typeof Order>;

export const CreateOrder = z.strictObject({ items: WantedItems }).meta({ id: 'CreateOrder' });
export type CreateOrder = z.infer<typeof CreateOrder>;

export const orders = {
  create: message({
    name: 'create',
    effect: 'once',
    summary: 'Places an order at the prices of the catalogue and reserves its stock',
    access: { by: 'permission', permission: 'orders:create' },
    guards: 'money',
    input: CreateOrder,
    output: Order,
    problems: [
      'orders.product-unknown',
      'orders.currency-mixed',
      'orders.expired',
      'products.out-of-stock',
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
  cancel: message({
    name: 'cancel',
    effect: 'idempotent',
    summary: 'Cancels one of your own orders and gives its stock back',
    access: { by: 'permission', permission: 'orders:cancel' },
    guards: 'money',
    input: z.strictObject({ id: Id }),
    output: Order,
    problems: ['orders.unknown', 'orders.not-cancellable', 'request.precondition-failed'],
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
