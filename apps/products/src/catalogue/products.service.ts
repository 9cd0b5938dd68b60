import {
  Problem,
  productEvents,
  products,
  type CreateProduct,
  type ListProducts,
  type Output,
  type Product,
} from '@courtside/contracts';
import { IdempotentWrites, Outbox, pageFrom } from '@courtside/database';
import { CLOCK, newId, type Clock, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { productOf } from './product-of.js';
import { productOrder } from './product-order.js';
import { ProductsStore } from './products.store.js';

/** The catalogue's rules. */
@Injectable()
export class ProductsService {
  constructor(
    private readonly store: ProductsStore,
    private readonly writes: IdempotentWrites,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  create(input: CreateProduct, by: UserIdentity): Promise<Product> {
    const request = { owner: by.userId, message: products.create.name, input };
    return this.writes.run(request, async (manager) => {
      const { name, description, price } = input;
      const row = {
        id: newId(),
        name,
        description,
        price: price.amount,
        currency: price.currency,
        version: 1,
        createdAt: new Date(this.clock.now()),
      };
      await this.store.add(manager, row);
      await this.outbox.add(manager, productEvents.created, {
        subject: row.id,
        data: { productId: row.id, name, price },
      });
      return productOf(row);
    });
  }

  async list(input: ListProducts): Promise<Output<typeof products.list>> {
    const rows = await this.store.list(input);
    const { valueIn } = productOrder(input.sort);
    return pageFrom(rows, input.limit, productOf, (row) => [valueIn(row), row.id]);
  }

  async read(id: string): Promise<Product> {
    const row = await this.store.find(id);
    if (!row) throw new Problem('products.unknown', `there is no product ${id}`);
    return productOf(row);
  }

  async quote(ids: readonly string[]): Promise<Output<typeof products.quote>> {
    const rows = await this.store.findAll(ids);
    return {
      products: rows.map(productOf).map(({ id, name, price }) => ({ id, name, price })),
    };
  }
}
