import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { createOrder } from './migrations/1764000000002-create-order.js';
import { keepOutgoingEvents } from './migrations/1764100000000-keep-outgoing-events.js';
import { OrderItemRow, OrderRow } from './orders/order.entity.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OrdersStore } from './orders/orders.store.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'orders',
      entities: [OrderRow, OrderItemRow],
      migrations: [createOrder, keepOutgoingEvents],
      singleUse: true,
    }),
  ],
  controllers: [OrdersController],
  providers: [OrdersService, OrdersStore],
})
export class AppModule {}
