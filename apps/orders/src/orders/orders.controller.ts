import { orders, type CreateOrder, type Input } from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { Handles, type UserIdentity } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { OrdersService } from './orders.service.js';
import { PlacingService } from './placing.service.js';

@Controller()
export class OrdersController {
  constructor(
    private readonly placing: PlacingService,
    private readonly orders: OrdersService,
  ) {}

  @Handles(orders.create)
  create(
    @Payload({ schema: orders.create.input }) input: CreateOrder,
    @CurrentUser() user: UserIdentity,
  ) {
    return this.placing.create(input, user);
  }

  @Handles(orders.list)
  list(
    @Payload({ schema: orders.list.input }) input: Input<typeof orders.list>,
    @CurrentUser() user: UserIdentity,
  ) {
    return this.orders.list(input, user);
  }

  @Handles(orders.read)
  read(
    @Payload({ schema: orders.read.input }) { id }: { id: string },
    @CurrentUser() user: UserIdentity,
  ) {
    return this.orders.read(id, user);
  }

  @Handles(orders.cancel)
  cancel(
    @Payload({ schema: orders.cancel.input }) { id }: { id: string },
    @CurrentUser() user: UserIdentity,
  ) {
    return this.orders.cancel(id, user);
  }
}
