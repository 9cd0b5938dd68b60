import { orderEvents, products, type EventOf, type Input } from '@courtside/contracts';
import { Handles, Subscribes } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ReservationsService } from './reservations.service.js';

@Controller()
export class ReservationsController {
  constructor(private readonly reservations: ReservationsService) {}

  @Handles(products.reserve)
  reserve(
    @Payload({ schema: products.reserve.input }) input: Input<typeof products.reserve>,
  ): Promise<null> {
    return this.reservations.reserve(input);
  }

  @Subscribes(orderEvents.cancelled)
  release(
    @Payload({ schema: orderEvents.cancelled.envelope })
    event: EventOf<typeof orderEvents.cancelled>,
  ): Promise<void> {
    return this.reservations.release(event);
  }
}
