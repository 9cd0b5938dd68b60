import { orders, Problem, products, type CreateOrder, type Order } from '@courtside/contracts';
import { IdempotentWrites, type IdempotentWrite } from '@courtside/database';
import { Bus, CLOCK, newId, type Clock, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { OrderEvents } from './order-events.js';
import { orderOf } from './order-of.js';
import type { OrderRow } from './order.entity.js';
import { OrdersStore } from './orders.store.js';
import { pricedItems } from './priced-items.js';

/** What an idempotency key leads to: the order is then found as far as it got. */
type Reference = Pick<OrderRow, 'id'>;

/**
 * Places orders, in steps that each may be the last before a crash: the order is written as pending
 * together with its key; products reserves its stock, once for this order; it is confirmed, and its
 * event with it. Whoever comes with the key takes it on from where it stands; what nobody takes on
 * expires. Price and owner come from the server, never from the client.
 */
@Injectable()
export class PlacingService {
  constructor(
    private readonly store: OrdersStore,
    private readonly writes: IdempotentWrites,
    private readonly events: OrderEvents,
    private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async create(input: CreateOrder, by: UserIdentity): Promise<Order> {
    const request = { owner: by.userId, message: orders.create.name, input };
    const known = await this.writes.recall<Reference>(request);
    const row = known ? await this.store.read(known.id) : await this.begin(request, input, by);
    return answerOf(row.status === 'pending' ? await this.settle(row) : row);
  }

  private async begin(
    request: IdempotentWrite,
    input: CreateOrder,
    by: UserIdentity,
  ): Promise<OrderRow> {
    const row = await this.newOrder(input, by.userId);
    const { id } = await this.writes.run<Reference>(request, async (manager) => {
      await this.store.add(manager, row);
      return { id: row.id };
    });
    return id === row.id ? row : this.store.read(id);
  }

  private async settle(row: OrderRow): Promise<OrderRow> {
    const refusal = await this.reserve(row);
    const moved = refusal
      ? await this.store.move(row, { status: 'refused', refusal: refusal.toJSON() })
      : await this.store.move(row, { status: 'confirmed' }, (manager, confirmed) =>
          this.events.created(manager, confirmed),
        );
    // Somebody else with the key was faster, or the order was called off meanwhile.
    return moved ?? this.store.read(row.id);
  }

  /** @returns why the order cannot have its stock; undefined when it has it. */
  private async reserve({ id, items }: OrderRow): Promise<Problem | undefined> {
    const wanted = items.map(({ productId, quantity }) => ({ productId, quantity }));
    try {
      await this.bus.request(products.reserve, { orderId: id, items: wanted });
      return undefined;
    } catch (error) {
      // With anything else nobody knows whether it is reserved: the order stays pending.
      if (isRefusal(error)) return error;
      throw error;
    }
  }

  private async newOrder(input: CreateOrder, userId: string): Promise<OrderRow> {
    // Asked before the transaction: a connection is never held while another service thinks.
    const ids = input.items.map((item) => item.productId);
    const quote = await this.bus.request(products.quote, { ids });
    const { items, total, currency } = pricedItems(input.items, quote.products);
    const id = newId();
    return {
      id,
      userId,
      status: 'pending',
      refusal: null,
      total,
      currency,
      version: 1,
      createdAt: new Date(this.clock.now()),
      items: items.map((item, line) => Object.assign({ orderId: id, line }, item)),
    };
  }
}

/** Answers of products that are final. */
const isRefusal = (error: unknown): error is Problem =>
  error instanceof Problem && (products.reserve.problems as readonly string[]).includes(error.code);

/** What became of an order, for who placed it. */
function answerOf(row: OrderRow): Order {
  const { id, status, refusal } = row;
  if (status === 'expired') {
    throw new Problem('orders.expired', `the order ${id} was not confirmed in time`);
  }
  if (status === 'refused') throw Problem.from(refusal) ?? new Problem('products.out-of-stock');
  return orderOf(row);
}
