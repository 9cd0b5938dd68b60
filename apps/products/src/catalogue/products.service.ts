import {
  Problem,
  productEvents,
  products,
  STOCK_MAX,
  type AdjustStock,
  type CreateProduct,
  type ListProducts,
  type Output,
  type Product,
} from '@courtside/contracts';
import { IdempotentWrites, Outbox, pageFrom } from '@courtside/database';
import { CLOCK, demandVersion, newId, type Clock, type UserIdentity } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { productOf } from './product-of.js';
import { productOrder } from './product-order.js';
import type { ProductRow } from './product.entity.js';
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
      const { name, description, price, stock } = input;
      const row = {
        id: newId(),
        name,
        description,
        price: price.amount,
        currency: price.currency,
        stock,
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

  /** A change is refused whole where it would leave less than nothing or more than fits. */
  adjustStock(input: AdjustStock, by: UserIdentity): Promise<Product> {
    const request = { owner: by.userId, message: products.adjustStock.name, input };
    return this.writes.run(request, async (manager) => {
      const row = await this.store.locked(manager, input.id);
      if (!row) throw unknownProduct(input.id);
      demandVersion(row.version);
      const stock = (row.stock ?? 0) + input.change;
      if (stock < 0 || stock > STOCK_MAX) throw stockOutOfRange(row, input.change);
      const adjusted = { ...row, stock, version: row.version + 1 };
      await this.store.setStock(manager, adjusted);
      return productOf(adjusted);
    });
  }

  async list(input: ListProducts): Promise<Output<typeof products.list>> {
    const rows = await this.store.list(input);
    const { valueIn } = productOrder(input.sort);
    return pageFrom(rows, input.limit, productOf, (row) => [valueIn(row), row.id]);
  }

  async read(id: string): Promise<Product> {
    const row = await this.store.find(id);
    if (!row) throw unknownProduct(id);
    return productOf(row);
  }

  async quote(ids: readonly string[]): Promise<Output<typeof products.quote>> {
    const rows = await this.store.findAll(ids);
    return {
      products: rows.map(productOf).map(({ id, name, price }) => ({ id, name, price })),
    };
  }
}

const unknownProduct = (id: string) => new Problem('products.unknown', `there is no product ${id}`);

function stockOutOfRange({ name, stock }: ProductRow, change: number): Problem {
  const left = stock === null ? 'is made to order' : `has ${stock} left`;
  return new Problem(
    'products.stock-out-of-range',
    `${name} ${left}: a change of ${change} does not leave it between 0 and ${STOCK_MAX}`,
  );
}
