import { idempotencyTable, sqlMigration } from '@courtside/database';

export const createOrder = sqlMigration(
  1764000000002,
  'create order',
  `
  CREATE TABLE "order" (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('placed')),
    total bigint NOT NULL CHECK (total >= 0),
    currency char(3) NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
  );
  COMMENT ON COLUMN "order".total IS 'minor units of the currency';
  CREATE INDEX order_of_user ON "order" (user_id, id);
  CREATE TABLE order_item (
    order_id uuid NOT NULL REFERENCES "order" (id) ON DELETE CASCADE,
    line integer NOT NULL,
    product_id uuid NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    price integer NOT NULL CHECK (price >= 0),
    PRIMARY KEY (order_id, line)
  );
  ${idempotencyTable}
  `,
);
