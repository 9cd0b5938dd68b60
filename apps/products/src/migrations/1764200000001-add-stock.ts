import { sqlMigration } from '@courtside/database';

/**
 * One call and one transaction: a product that many order at once is locked no longer than the
 * database itself needs, never while a service is about to send its next statement. Products are
 * locked by id, so that no two orders wait for each other.
 */
const reserve = `
  CREATE FUNCTION reserve(
    of_order uuid, products uuid[], quantities integer[], at timestamptz
  ) RETURNS reservation LANGUAGE plpgsql AS $$
  DECLARE
    answer reservation;
    limited uuid[];
    unknown text;
    shortage text;
  BEGIN
    SELECT string_agg(id::text, ', ') INTO unknown FROM unnest(products) AS wanted (id)
    WHERE NOT EXISTS (SELECT FROM product WHERE product.id = wanted.id);
    IF unknown IS NOT NULL THEN
      RETURN ROW(of_order, 'unknown', unknown, at)::reservation;
    END IF;

    -- Whoever reserves or releases the same order meanwhile waits here.
    INSERT INTO reservation (order_id, state, created_at) VALUES (of_order, 'held', at)
    ON CONFLICT DO NOTHING RETURNING * INTO answer;
    IF NOT FOUND THEN
      SELECT * INTO answer FROM reservation WHERE order_id = of_order;
      RETURN answer;
    END IF;

    SELECT array_agg(id) INTO limited FROM (
      SELECT id FROM product WHERE id = ANY (products) AND stock IS NOT NULL
      ORDER BY id FOR NO KEY UPDATE
    ) AS locked;
    SELECT string_agg(format('%s: %s wanted, %s left', name, quantity, stock), '; ' ORDER BY line)
    INTO shortage
    FROM unnest(products, quantities) WITH ORDINALITY AS wanted (product_id, quantity, line)
    JOIN product ON id = product_id
    WHERE id = ANY (limited) AND stock < quantity;
    IF shortage IS NOT NULL THEN
      UPDATE reservation SET state = 'refused', refusal = shortage WHERE order_id = of_order
      RETURNING * INTO answer;
      RETURN answer;
    END IF;

    WITH taken AS (
      UPDATE product SET stock = stock - quantity, version = version + 1
      FROM unnest(products, quantities) AS wanted (product_id, quantity)
      WHERE id = product_id AND id = ANY (limited)
      RETURNING id, quantity
    )
    INSERT INTO reservation_item (order_id, product_id, quantity)
    SELECT of_order, id, quantity FROM taken;
    RETURN answer;
  END $$;
`;

export const addStock = sqlMigration(
  1764200000001,
  'add stock',
  `
  ALTER TABLE product ADD stock integer CHECK (stock >= 0);
  COMMENT ON COLUMN product.stock IS 'pieces that can still be ordered; null: made to order';
  CREATE TABLE reservation (
    order_id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('held', 'refused', 'released')),
    refusal text,
    created_at timestamptz NOT NULL,
    CHECK ((state = 'refused') = (refusal IS NOT NULL))
  );
  COMMENT ON TABLE reservation IS 'stays when it is over, so that what comes late is refused';
  CREATE TABLE reservation_item (
    order_id uuid NOT NULL REFERENCES reservation (order_id) ON DELETE CASCADE,
    product_id uuid NOT NULL REFERENCES product (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    PRIMARY KEY (order_id, product_id)
  );
  COMMENT ON TABLE reservation_item IS 'what was really taken: nothing of what is made to order';
  ${reserve}
  `,
);
