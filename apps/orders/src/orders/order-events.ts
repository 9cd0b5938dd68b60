import { orderEvents, type EventData } from '@courtside/contracts';
import { Outbox } from '@courtside/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { OrderRow } from './order.entity.js';

/** Tells of orders, in the transaction of what it tells. */
@Injectable()
export class OrderEvents {
  constructor(private readonly outbox: Outbox) {}

  created(manager: EntityManager, row: OrderRow): Promise<void> {
    const { id, userId, currency } = row;
    const items = row.items.map(({ productId, quantity, price }) => ({
      productId,
      quantity,
      price: { amount: price, currency },
    }));
    const total = { amount: row.total, currency };
    const data = { orderId: id, userId, items, total };
    return this.outbox.add(manager, orderEvents.created, { subject: id, data });
  }

  cancelled(manager: EntityManager, data: EventData<typeof orderEvents.cancelled>): Promise<void> {
    return this.outbox.add(manager, orderEvents.cancelled, { subject: data.orderId, data });
  }
}
