import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { createOrder } from './migrations/1764000000002-create-order.js';
import { keepOutgoingEvents } from './migrations/1764100000000-keep-outgoing-events.js';
import { reserveStock } from './migrations/1764200000002-reserve-stock.js';
import { noteRepeats } from './migrations/1764300000000-note-repeats.js';
import { Expiry } from './orders/expiry.js';
import { OrderEvents } from './orders/order-events.js';
import { OrderItemRow, OrderRow } from './orders/order.entity.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OrdersStore } from './orders/orders.store.js';
import { PlacingService } from './orders/placing.service.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'orders',
      entities: [OrderRow, OrderItemRow],
      migrations: [createOrder, keepOutgoingEvents, reserveStock, noteRepeats],
      singleUse: true,
    }),
  ],
  controllers: [OrdersController],
  providers: [PlacingService, OrdersService, OrdersStore, OrderEvents, Expiry],
})
export class AppModule {}
