import { sqlMigration } from '@courtside/database';

export const reserveStock = sqlMigration(
  1764200000002,
  'reserve stock',
  `
  ALTER TABLE "order" DROP CONSTRAINT order_status_check;
  UPDATE "order" SET status = 'confirmed' WHERE status = 'placed';
  ALTER TABLE "order"
    ADD refusal jsonb,
    ADD CONSTRAINT order_status_check
      CHECK (status IN ('pending', 'confirmed', 'refused', 'cancelled', 'expired')),
    ADD CHECK ((status = 'refused') = (refusal IS NOT NULL));
  COMMENT ON COLUMN "order".refusal IS 'the problem that whoever asks again is answered with';
  CREATE INDEX order_pending ON "order" (created_at) WHERE status = 'pending';
  `,
);
