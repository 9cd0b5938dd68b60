import type { ListProducts } from '@courtside/contracts';
import { positionIn } from '@courtside/database';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { productOrder } from './product-order.js';
import { ProductRow } from './product.entity.js';

/** Reads and writes products. Reservations take from their stock beside it, and nobody else does. */
@Injectable()
export class ProductsStore {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async add(manager: EntityManager, row: ProductRow): Promise<void> {
    await manager.insert(ProductRow, row);
  }

  /** Adds what is not there yet. */
  async addMissing(rows: readonly ProductRow[]): Promise<void> {
    await this.source
      .createQueryBuilder()
      .insert()
      .into(ProductRow)
      .values([...rows])
      .orIgnore()
      .execute();
  }

  isEmpty(): Promise<boolean> {
    return this.source.manager.exists(ProductRow).then((any) => !any);
  }

  /** The product, which nobody else changes until the transaction ends. */
  locked(manager: EntityManager, id: string): Promise<ProductRow | null> {
    return manager.findOne(ProductRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  async setStock(manager: EntityManager, { id, stock, version }: ProductRow): Promise<void> {
    await manager.update(ProductRow, { id }, { stock, version });
  }

  find(id: string): Promise<ProductRow | null> {
    return this.source.manager.findOneBy(ProductRow, { id });
  }

  findAll(ids: readonly string[]): Promise<ProductRow[]> {
    return this.source.manager.findBy(ProductRow, { id: In([...ids]) });
  }

  /** One row more than a page holds, so that the caller sees whether there is another. */
  list({ limit, cursor, search, sort }: ListProducts): Promise<ProductRow[]> {
    const { column, bound, direction, position: Position } = productOrder(sort);
    const query = this.source
      .createQueryBuilder(ProductRow, 'product')
      .orderBy(column, direction)
      .addOrderBy('product.id', direction)
      .limit(limit + 1);
    for (const [index, word] of wordsOf(search).entries()) narrow(query, word, index);
    const position = positionIn(cursor, Position);
    if (position) {
      const [value, id] = position;
      const beyond = direction === 'ASC' ? '>' : '<';
      query.andWhere(`(${column}, product.id) ${beyond} (${bound}, :id)`, { value, id });
    }
    return query.getMany();
  }
}

/** Searches are short; more words than this only cost time. */
const WORDS_MAX = 8;

const wordsOf = (search: string | undefined): string[] =>
  search ? search.split(/\s+/).slice(0, WORDS_MAX) : [];

function narrow(query: SelectQueryBuilder<ProductRow>, word: string, index: number): void {
  const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`;
  query.andWhere(`(product.name ILIKE :word${index} OR product.description ILIKE :word${index})`, {
    [`word${index}`]: pattern,
  });
}
