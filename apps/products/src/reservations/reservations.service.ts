import { Problem, type EventOf, type orderEvents, type WantedItems } from '@courtside/contracts';
import { Inbox } from '@courtside/database';
import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { ReservationsStore } from './reservations.store.js';
import { shortageOf, type Stocked } from './shortage.js';

/** Reserves the stock of orders, and gives it back when one is off. */
@Injectable()
export class ReservationsService {
  constructor(
    private readonly store: ReservationsStore,
    private readonly inbox: Inbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws Problem `products.out-of-stock`, `products.unknown`, `products.reservation-released`. */
  async reserve({ orderId, items }: { orderId: string; items: WantedItems }): Promise<null> {
    const wanted = { orderId, items, at: new Date(this.clock.now()) };
    const reservation = await this.store.reserve(wanted, (products) => {
      demandAll(items, products);
      return shortageOf(items, products);
    });
    switch (reservation.state) {
      case 'held':
        return null;
      case 'refused':
        throw new Problem('products.out-of-stock', reservation.refusal);
      case 'released':
        throw new Problem('products.reservation-released', `the order ${orderId} was called off`);
    }
  }

  async release(event: EventOf<typeof orderEvents.cancelled>): Promise<void> {
    await this.inbox.once(event, (manager) =>
      this.store.release(manager, event.data.orderId, new Date(this.clock.now())),
    );
  }
}

function demandAll(items: WantedItems, products: readonly Stocked[]): void {
  const known = new Set(products.map(({ id }) => id));
  const unknown = items.map(({ productId }) => productId).filter((id) => !known.has(id));
  if (unknown.length === 0) return;
  throw new Problem('products.unknown', `not in the catalogue: ${unknown.join(', ')}`);
}
