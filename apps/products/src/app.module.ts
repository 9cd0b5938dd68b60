import { DatabaseModule } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { Module } from '@nestjs/common';
import { DemoCatalogue } from './catalogue/demo-catalogue.js';
import { ProductRow } from './catalogue/product.entity.js';
import { ProductsController } from './catalogue/products.controller.js';
import { ProductsService } from './catalogue/products.service.js';
import { ProductsStore } from './catalogue/products.store.js';
import { createProduct } from './migrations/1764000000001-create-product.js';
import { keepEvents } from './migrations/1764100000000-keep-events.js';
import { addStock } from './migrations/1764200000001-add-stock.js';
import { noteRepeats } from './migrations/1764300000000-note-repeats.js';
import { ReservationsController } from './reservations/reservations.controller.js';
import { ReservationsService } from './reservations/reservations.service.js';
import { ReservationsStore } from './reservations/reservations.store.js';

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'products',
      entities: [ProductRow],
      migrations: [createProduct, keepEvents, addStock, noteRepeats],
    }),
  ],
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
