/** What must hold after every crash, asked of the database itself. */

/** Holds at every moment: one statement sees one moment. */
const ALWAYS = `
  SELECT
    (SELECT coalesce(sum(stock), 0) FROM products.product)
      + (SELECT coalesce(sum(quantity), 0) FROM products.reservation_item
         JOIN products.reservation USING (order_id) WHERE state = 'held') AS pieces,
    (SELECT count(*) FROM (
       SELECT order_id, product_id, quantity FROM orders.order_item
         JOIN orders."order" ON id = order_id WHERE status = 'confirmed'
       EXCEPT
       SELECT order_id, product_id, quantity FROM products.reservation_item
         JOIN products.reservation USING (order_id) WHERE state = 'held'
     ) unreserved) AS unreserved,
    (SELECT count(*) FROM (
       SELECT user_id FROM orders."order" GROUP BY user_id HAVING count(*) > 1
     ) doubled) AS doubled,
    (SELECT count(*) FROM products.reservation LEFT JOIN orders."order" ON id = order_id
     WHERE state = 'held' AND (status IS NULL OR status NOT IN ('pending', 'confirmed'))
       AND NOT EXISTS (
         SELECT FROM orders.outbox
         WHERE topic = 'orders.cancelled' AND event->>'subject' = order_id::text
       )) AS leaked`;

const UNSENT = `
  SELECT (SELECT count(*) FROM orders.outbox) + (SELECT count(*) FROM products.outbox) AS unsent`;

const PENDING = `SELECT count(*) AS pending FROM orders."order" WHERE status = 'pending'`;

/** What may have become of an order by what its client was told. */
const mayBe = {
  confirmed: ['confirmed'],
  cancelled: ['cancelled'],
  refused: ['refused'],
  expired: ['expired'],
};

export class Invariants {
  constructor(client) {
    this.client = client;
  }

  async numbers(query) {
    const { rows } = await this.client.query(query);
    return Object.fromEntries(Object.entries(rows[0]).map(([name, text]) => [name, Number(text)]));
  }

  pieces = async () => (await this.numbers(ALWAYS)).pieces;
  unsent = async () => (await this.numbers(UNSENT)).unsent;
  pending = async () => (await this.numbers(PENDING)).pending;

  /**
   * @param {{ pieces: number, attempts: import('./client.mjs').Attempt[] }} expected
   * @returns what is wrong: each 0 when all is well
   */
  async faults({ pieces, attempts }) {
    const always = await this.numbers(ALWAYS);
    const { rows } = await this.client.query('SELECT user_id, id, status FROM orders."order"');
    const orderOf = new Map(rows.map((row) => [row.user_id, row]));
    const lost = attempts.filter(({ user, id, state }) => {
      if (state === 'open' || state === 'left') return false;
      const order = orderOf.get(user.userId);
      return !order || (id && order.id !== id) || !mayBe[state].includes(order.status);
    });
    return {
      lost: lost.length,
      doubled: always.doubled,
      wrongStock: Math.abs(always.pieces - pieces) + always.unreserved + always.leaked,
    };
  }
}
