import { idempotencyTable, sqlMigration } from '@courtside/database';

export const createProduct = sqlMigration(
  1764000000001,
  'create product',
  `
  CREATE TABLE product (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    description text NOT NULL,
    price integer NOT NULL CHECK (price >= 0),
    currency char(3) NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL
  );
  COMMENT ON COLUMN product.price IS 'minor units of the currency';
  CREATE INDEX product_name ON product (lower(name), id);
  CREATE INDEX product_created_at ON product (created_at, id);
  CREATE INDEX product_price ON product (price, id);
  ${idempotencyTable}
  `,
);
