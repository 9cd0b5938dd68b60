import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { Expiry } from './orders/expiry.js';
import { OrderEvents } from './orders/order-events.js';
import { OrdersController } from './orders/orders.controller.js';
import { OrdersService } from './orders/orders.service.js';
import { OrdersStore } from './orders/orders.store.js';
import { PlacingService } from './orders/placing.service.js';
import { database } from './database.js';

@Module({
  imports: [IdentityModule.forService(), DatabaseModule.with(database)],
  controllers: [OrdersController],
  providers: [PlacingService, OrdersService, OrdersStore, OrderEvents, Expiry],
})
export class AppModule {}
