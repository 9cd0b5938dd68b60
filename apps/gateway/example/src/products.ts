/** A service behind the gateway, as far as the catalogue goes. */
import { products, type Product } from '@courtside/contracts';
import { IdentityModule } from '@courtside/identity';
import { defineApp, Handles, newId, serviceConfig } from '@courtside/service';
import { Controller, Module } from '@nestjs/common';

const ball: Product = {
  id: newId(),
  name: 'Ball',
  description: 'Round',
  price: { amount: 1_999, currency: 'EUR' },
  stock: 3,
  version: 1,
  createdAt: '2026-11-28T09:00:00.000Z',
};

@Controller()
class ProductsController {
  @Handles(products.list)
  list() {
    return { items: [ball], next: null };
  }
}

@Module({ imports: [IdentityModule.forService()], controllers: [ProductsController] })
class ProductsModule {}

export const app = defineApp({
  name: 'products',
  config: serviceConfig,
  module: () => ProductsModule,
});
