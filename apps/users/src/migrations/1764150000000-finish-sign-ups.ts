import { idempotencyTable, sqlMigration } from '@courtside/database';

/**
 * Pending accounts say until when; deleting is one step, so what was between its two steps is
 * finished here, with the event that a deletion tells.
 */
export const finishSignUps = sqlMigration(
  1764150000000,
  'finish sign ups',
  `
  ${idempotencyTable}
  WITH deleted AS (DELETE FROM "user" WHERE status = 'deleting' RETURNING id)
  INSERT INTO outbox (id, topic, event, awaiting)
  SELECT event_id, 'users.deleted', jsonb_build_object(
    'specversion', '1.0', 'id', event_id, 'source', '/users', 'type', 'users.deleted.v1',
    'subject', deleted.id, 'time', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'datacontenttype', 'application/json', 'data', jsonb_build_object('userId', deleted.id)
  ), '{auth}'
  FROM deleted, LATERAL (
    -- A version 7 UUID of the account's: its time, and its random part taken anew.
    SELECT overlay(overlay(gen_random_uuid()::text placing left(deleted.id::text, 13) from 1)
      placing '7' from 15)::uuid AS event_id
  ) made;
  ALTER TABLE "user" DROP CONSTRAINT user_status_check;
  ALTER TABLE "user" ADD CHECK (status IN ('pending', 'active'));
  ALTER TABLE "user" ADD COLUMN pending_until timestamptz(3);
  UPDATE "user" SET pending_until = now() WHERE status = 'pending';
  ALTER TABLE "user" ADD CHECK ((status = 'pending') = (pending_until IS NOT NULL));
  CREATE INDEX user_pending ON "user" (pending_until) WHERE status = 'pending';
  `,
);
