import {
  orders,
  Problem,
  products,
  type CreateOrder,
  type Order,
  type Output,
} from '@courtside/contracts';
import { IdempotentWrites, pageFrom } from '@courtside/database';
import { Bus, CLOCK, newId, type Clock, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { orderOf } from './order-of.js';
import type { OrderRow } from './order.entity.js';
import { OrdersStore } from './orders.store.js';
import { pricedItems, type PricedItems } from './priced-items.js';

/** Placing and reading orders. Price and owner come from the server, never from the client. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly store: OrdersStore,
    private readonly writes: IdempotentWrites,
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(input: CreateOrder, by: UserIdentity): Promise<Order> {
    // Asked before the transaction: a connection is never held while another service thinks.
    const ids = input.items.map((item) => item.productId);
    const quote = await this.bus.request(products.quote, { ids });
    const priced = pricedItems(input.items, quote.products);
    const request = { owner: by.userId, message: orders.create.name, input };
    return this.writes.run(request, async (manager) => {
      const row = this.newOrder(priced, by.userId);
      await this.store.add(manager, row);
      return orderOf(row);
    });
  }

  async list(
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    by: UserIdentity,
  ): Promise<Output<typeof orders.list>> {
    const rows = await this.store.listOf(by.userId, limit, cursor);
    return pageFrom(rows, limit, orderOf, (row) => [row.id]);
  }

  async read(id: string, by: UserIdentity): Promise<Order> {
    const row = await this.store.findOf(by.userId, id);
    if (!row) throw new Problem('orders.unknown', `you have no order ${id}`);
    return orderOf(row);
  }

  private newOrder({ items, total, currency }: PricedItems, userId: string): OrderRow {
    const id = newId();
    return {
      id,
      userId,
      status: 'placed',
      total,
      currency,
      version: 1,
      createdAt: new Date(this.clock.now()),
      items: items.map((item, line) => ({ orderId: id, line, ...item })),
    };
  }
}
