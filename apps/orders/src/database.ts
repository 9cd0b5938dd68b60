import type { ServiceDatabase } from '@courtside/database';
import { createOrder } from './migrations/1764000000002-create-order.js';
import { keepOutgoingEvents } from './migrations/1764100000000-keep-outgoing-events.js';
import { reserveStock } from './migrations/1764200000002-reserve-stock.js';
import { noteRepeats } from './migrations/1764300000000-note-repeats.js';
import { OrderItemRow, OrderRow } from './orders/order.entity.js';

/** What orders keeps: orders and their items. */
export const database: ServiceDatabase = {
  schema: 'orders',
  entities: [OrderRow, OrderItemRow],
  migrations: [createOrder, keepOutgoingEvents, reserveStock, noteRepeats],
  singleUse: true,
};
