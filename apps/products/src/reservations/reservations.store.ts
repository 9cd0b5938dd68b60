import type { WantedItems } from '@courtside/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** What became of the reservation of an order. */
export type Reservation =
  | { readonly state: 'held' | 'released' }
  /** Refused for good, with what was short; or never made, with the products that do not exist. */
  | { readonly state: 'refused' | 'unknown'; readonly refusal: string };

export interface Wanted {
  readonly orderId: string;
  readonly items: WantedItems;
  readonly at: Date;
}

/**
 * Takes pieces from the stock and gives them back. Each transaction locks the row of the order first
 * and then its products by id, so that no two can wait for each other.
 */
@Injectable()
export class ReservationsStore {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** Reserves all items or none, once for each order: asked again, the answer is the first one. */
  async reserve({ orderId, items, at }: Wanted): Promise<Reservation> {
    const [reservation] = await this.source.query<[Reservation]>(
      `SELECT state, refusal FROM reserve($1, $2, $3, $4)`,
      [orderId, items.map(({ productId }) => productId), items.map(({ quantity }) => quantity), at],
    );
    return reservation;
  }

  /** Gives back what an order holds; one that comes to reserve later is too late. */
  async release(manager: EntityManager, orderId: string, at: Date): Promise<void> {
    const first: unknown[] = await manager.query(
      `INSERT INTO reservation (order_id, state, created_at) VALUES ($1, 'released', $2)
       ON CONFLICT DO NOTHING RETURNING order_id`,
      [orderId, at],
    );
    if (first.length > 0) return;
    const [released]: [unknown[], number] = await manager.query(
      `UPDATE reservation SET state = 'released' WHERE order_id = $1 AND state = 'held'
       RETURNING order_id`,
      [orderId],
    );
    if (released.length > 0) await giveBack(manager, orderId);
  }
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
