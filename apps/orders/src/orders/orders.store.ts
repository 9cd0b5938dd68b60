import type { OrderStatus, ProblemDetails } from '@courtside/contracts';
import { positionIn } from '@courtside/database';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, LessThan, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { OrderRow } from './order.entity.js';

/** What stands in a cursor: the id of the last order, since ids sort by age. */
const Position = z.tuple([z.uuid()]);

/** What an order becomes. */
export interface Move {
  readonly status: OrderStatus;
  readonly refusal?: ProblemDetails;
}

/** What commits together with a change, such as its event. */
export type Also<T> = (manager: EntityManager, changed: T) => Promise<void>;

/** An order that expired, as far as others must know of it. */
export type Expired = Pick<OrderRow, 'id' | 'userId'>;

/** Reads and writes orders. What a user reads names the owner: nobody sees another's order. */
@Injectable()
export class OrdersStore {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async add(manager: EntityManager, { items, ...order }: OrderRow): Promise<void> {
    await manager.query(
      `WITH added AS (
         INSERT INTO "order" (id, user_id, status, total, currency, version, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
       )
       INSERT INTO order_item (order_id, line, product_id, name, quantity, price)
       SELECT added.id, item.line, item."productId", item.name, item.quantity, item.price
       FROM added, jsonb_to_recordset($8) AS item (
         line integer, "productId" uuid, name text, quantity integer, price integer
       )`,
      [
        order.id,
        order.userId,
        order.status,
        order.total,
        order.currency,
        order.version,
        order.createdAt,
        JSON.stringify(items),
      ],
    );
  }

  /**
   * Moves an order on from how it was read, by its version.
   * @returns the order as it is then; undefined when somebody else moved it first.
   */
  move(
    row: OrderRow,
    { status, refusal }: Move,
    also?: Also<OrderRow>,
  ): Promise<OrderRow | undefined> {
    return this.source.transaction(async (manager) => {
      const moved = { ...row, status, refusal: refusal ?? null, version: row.version + 1 };
      const [rows]: [unknown[], number] = await manager.query(
        `UPDATE "order" SET status = $3, refusal = $4, version = version + 1
         WHERE id = $1 AND version = $2 RETURNING id`,
        [row.id, row.version, status, refusal ?? null],
      );
      if (rows.length === 0) return undefined;
      await also?.(manager, moved);
      return moved;
    });
  }

  /**
   * Expires up to `limit` orders that are pending since before `before`. Replicas that do it at once
   * pass by what another has in hand.
   */
  expire(before: Date, limit: number, also: Also<Expired>): Promise<number> {
    return this.source.transaction(async (manager) => {
      const [expired]: [Expired[], number] = await manager.query(
        `UPDATE "order" SET status = 'expired', version = version + 1
         WHERE id IN (
           SELECT id FROM "order" WHERE status = 'pending' AND created_at < $1
           ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED
         )
         RETURNING id, user_id AS "userId"`,
        [before, limit],
      );
      for (const order of expired) await also(manager, order);
      return expired.length;
    });
  }

  /** The order that a key of its owner led to. */
  async read(id: string): Promise<OrderRow> {
    return this.source.manager.findOneOrFail(OrderRow, {
      where: { id },
      relations: { items: true },
    });
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
