import { positionIn } from '@courtside/database';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { OrderItemRow, OrderRow } from './order.entity.js';

/** What stands in a cursor: the id of the last order, since ids sort by age. */
const Position = z.tuple([z.uuid()]);

/** Reads and writes orders. Every reading names the owner: nobody sees another's order. */
@Injectable()
export class OrdersStore {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async add(manager: EntityManager, row: OrderRow): Promise<void> {
    const { items, ...order } = row;
    await manager.insert(OrderRow, order);
    await manager.insert(OrderItemRow, items);
  }

  findOf(userId: string, id: string): Promise<OrderRow | null> {
    return this.source.manager.findOne(OrderRow, {
      where: { id, userId },
      relations: { items: true },
    });
  }

  /** Newest first; one row more than a page holds, so that the caller sees whether there is another. */
  listOf(userId: string, limit: number, cursor: string | undefined): Promise<OrderRow[]> {
    const [before] = positionIn(cursor, Position) ?? [];
    return this.source.manager.find(OrderRow, {
      where: { userId, ...(before !== undefined && { id: LessThan(before) }) },
      relations: { items: true },
      relationLoadStrategy: 'query',
      order: { id: 'DESC' },
      take: limit + 1,
    });
  }
}
