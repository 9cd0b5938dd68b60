import type { WantedItems } from '@courtside/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Stocked } from './shortage.js';

/** What became of the reservation of an order. */
export type Reservation =
  | { readonly state: 'held' | 'released' }
  /** Once refused it stays refused, whatever comes into stock later. */
  | { readonly state: 'refused'; readonly refusal: string };

/**
 * Takes pieces from the stock and gives them back. Every transaction locks the row of the order
 * first and then its products by id, so that no two can wait for each other.
 */
@Injectable()
export class ReservationsStore {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /**
   * Reserves all items or none, once for each order.
   * @param judge says by what is in stock why it must be refused; undefined when it need not be.
   */
  reserve(
    { orderId, items, at }: { orderId: string; items: WantedItems; at: Date },
    judge: (products: readonly Stocked[]) => string | undefined,
  ): Promise<Reservation> {
    return this.source.transaction(async (manager) => {
      if (!(await begin(manager, orderId, 'held', at))) return find(manager, orderId);
      const products = await locked(
        manager,
        items.map(({ productId }) => productId),
      );
      const refusal = judge(products);
      if (refusal !== undefined) return refuse(manager, orderId, refusal);
      const limited = new Set(products.filter(isLimited).map(({ id }) => id));
      await take(
        manager,
        orderId,
        items.filter(({ productId }) => limited.has(productId)),
      );
      return { state: 'held' };
    });
  }

  /** Gives back what an order holds; one that comes to reserve later is too late. */
  async release(manager: EntityManager, orderId: string, at: Date): Promise<void> {
    if (await begin(manager, orderId, 'released', at)) return;
    const [released]: [unknown[], number] = await manager.query(
      `UPDATE reservation SET state = 'released' WHERE order_id = $1 AND state = 'held'
       RETURNING order_id`,
      [orderId],
    );
    if (released.length > 0) await giveBack(manager, orderId);
  }
}

const isLimited = ({ stock }: Stocked): boolean => stock !== null;

/** Whether this is the first that is heard of the order; whoever comes meanwhile waits. */
async function begin(
  manager: EntityManager,
  orderId: string,
  state: Reservation['state'],
  at: Date,
): Promise<boolean> {
  const added: unknown[] = await manager.query(
    `INSERT INTO reservation (order_id, state, created_at) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING order_id`,
    [orderId, state, at],
  );
  return added.length > 0;
}

async function find(manager: EntityManager, orderId: string): Promise<Reservation> {
  const [found] = await manager.query<[Reservation]>(
    `SELECT state, refusal FROM reservation WHERE order_id = $1`,
    [orderId],
  );
  return found;
}

async function refuse(
  manager: EntityManager,
  orderId: string,
  refusal: string,
): Promise<Reservation> {
  await manager.query(
    `UPDATE reservation SET state = 'refused', refusal = $2 WHERE order_id = $1`,
    [orderId, refusal],
  );
  return { state: 'refused', refusal };
}

/** Products with their stock, which nobody else changes until the transaction ends. */
function locked(manager: EntityManager, ids: readonly string[]): Promise<Stocked[]> {
  return manager.query<Stocked[]>(
    `WITH limited AS (
       SELECT id, name, stock FROM product WHERE id = ANY($1) AND stock IS NOT NULL
       ORDER BY id FOR NO KEY UPDATE
     )
     SELECT id, name, stock FROM limited
     UNION ALL
     SELECT id, name, stock FROM product WHERE id = ANY($1) AND stock IS NULL`,
    [ids],
  );
}

async function take(manager: EntityManager, orderId: string, items: WantedItems): Promise<void> {
  await manager.query(
    `WITH taken AS (
       UPDATE product SET stock = stock - wanted.quantity, version = version + 1
       FROM unnest($2::uuid[], $3::integer[]) AS wanted (product_id, quantity)
       WHERE product.id = wanted.product_id
       RETURNING product.id, wanted.quantity
     )
     INSERT INTO reservation_item (order_id, product_id, quantity)
     SELECT $1, id, quantity FROM taken`,
    [orderId, items.map(({ productId }) => productId), items.map(({ quantity }) => quantity)],
  );
}

async function giveBack(manager: EntityManager, orderId: string): Promise<void> {
  const held = `SELECT product_id FROM reservation_item WHERE order_id = $1`;
  await manager.query(
    `SELECT id FROM product WHERE id IN (${held}) ORDER BY id FOR NO KEY UPDATE`,
    [orderId],
  );
  await manager.query(
    `UPDATE product SET stock = stock + item.quantity, version = version + 1
     FROM reservation_item item WHERE item.order_id = $1 AND product.id = item.product_id`,
    [orderId],
  );
}
