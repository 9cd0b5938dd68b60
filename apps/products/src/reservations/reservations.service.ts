import { Problem, type EventOf, type orderEvents, type WantedItems } from '@courtside/contracts';
import { Inbox } from '@courtside/database';
import { CLOCK, type Clock } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { ReservationsStore } from './reservations.store.js';

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
    const at = new Date(this.clock.now());
    const reservation = await this.store.reserve({ orderId, items, at });
    switch (reservation.state) {
      case 'held':
        return null;
      case 'refused':
        throw new Problem('products.out-of-stock', reservation.refusal);
      case 'unknown':
        throw new Problem('products.unknown', `not in the catalogue: ${reservation.refusal}`);
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
