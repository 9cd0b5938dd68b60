import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { DemoCatalogue } from './catalogue/demo-catalogue.js';
import { ProductsController } from './catalogue/products.controller.js';
import { ProductsService } from './catalogue/products.service.js';
import { ProductsStore } from './catalogue/products.store.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { ReservationsService } from './reservations/reservations.service.js';
import { ReservationsStore } from './reservations/reservations.store.js';
import { database } from './database.js';

@Module({
  imports: [IdentityModule.forService(), DatabaseModule.with(database)],
  controllers: [ProductsController, ReservationsController],
  providers: [
    ProductsService,
    ProductsStore,
    ReservationsService,
    ReservationsStore,
    DemoCatalogue,
  ],
})
export class AppModule {}
