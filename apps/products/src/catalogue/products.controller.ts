import {
  products,
  type AdjustStock,
  type CreateProduct,
  type ListProducts,
} from '@courtside/contracts';
import { CurrentUser } from '@courtside/identity';
import { Handles, type UserIdentity } from '@courtside/service';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { ProductsService } from './products.service.js';

@Controller()
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Handles(products.create)
  create(
    @Payload({ schema: products.create.input }) input: CreateProduct,
    @CurrentUser() user: UserIdentity,
  ) {
    return this.products.create(input, user);
  }

  @Handles(products.adjustStock)
  adjustStock(
    @Payload({ schema: products.adjustStock.input }) input: AdjustStock,
    @CurrentUser() user: UserIdentity,
  ) {
    return this.products.adjustStock(input, user);
  }

  @Handles(products.list)
  list(@Payload({ schema: products.list.input }) input: ListProducts) {
    return this.products.list(input);
  }

  @Handles(products.read)
  read(@Payload({ schema: products.read.input }) { id }: { id: string }) {
    return this.products.read(id);
  }

  @Handles(products.quote)
  quote(@Payload({ schema: products.quote.input }) { ids }: { ids: string[] }) {
    return this.products.quote(ids);
  }
}
