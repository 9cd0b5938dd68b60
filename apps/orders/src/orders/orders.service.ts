import { orders, Problem, type Order, type OrderStatus, type Output } from '@courtside/contracts';
import { pageFrom } from '@courtside/database';
import { demandVersion, type UserIdentity } from '@courtside/service';
import { Injectable } from '@nestjs/common';
import { OrderEvents } from './order-events.js';
import { orderOf } from './order-of.js';
import { OrdersStore } from './orders.store.js';

const cancellable: ReadonlySet<OrderStatus> = new Set(['pending', 'confirmed']);

/** Reading and cancelling one's own orders. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly store: OrdersStore,
    private readonly events: OrderEvents,
  ) {}

  async list(
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    by: UserIdentity,
  ): Promise<Output<typeof orders.list>> {
    const rows = await this.store.listOf(by.userId, limit, cursor);
    return pageFrom(rows, limit, orderOf, (row) => [row.id]);
  }

  async read(id: string, by: UserIdentity): Promise<Order> {
    return orderOf(await this.own(id, by));
  }

  /** Products gives the stock back when it hears of it. One that is cancelled already stays as it is. */
  async cancel(id: string, by: UserIdentity): Promise<Order> {
    const row = await this.own(id, by);
    if (row.status === 'cancelled') return orderOf(row);
    if (!cancellable.has(row.status)) {
      throw new Problem('orders.not-cancellable', `the order ${id} is ${row.status}`);
    }
    demandVersion(row.version);
    const moved = await this.store.move(row, { status: 'cancelled' }, (manager, { userId }) =>
      this.events.cancelled(manager, { orderId: id, userId, reason: 'requested' }),
    );
    // It moved on meanwhile, which it does twice at most.
    return moved ? orderOf(moved) : this.cancel(id, by);
  }

  private async own(id: string, by: UserIdentity) {
    const row = await this.store.findOf(by.userId, id);
    if (!row) throw new Problem('orders.unknown', `you have no order ${id}`);
    return row;
  }
}
