import { sqlMigration } from '@courtside/database';

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
  `,
);
