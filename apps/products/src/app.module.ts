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

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({
      schema: 'products',
      entities: [ProductRow],
      migrations: [createProduct, keepEvents],
    }),
  ],
  controllers: [ProductsController],
  providers: [ProductsService, ProductsStore, DemoCatalogue],
})
export class AppModule {}
