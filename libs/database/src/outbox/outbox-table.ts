import type { Retention } from '../retention.js';

/**
 * The table behind `Outbox`: part of a migration of each service that publishes events. A row stays
 * until every subscribing service has confirmed the event, or for seven days.
 */
export const outboxTable = `
  CREATE TABLE outbox (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    topic text NOT NULL,
    event jsonb NOT NULL,
    awaiting text[] NOT NULL,
    epoch text COLLATE "C",
    published_at timestamptz,
    publications integer NOT NULL DEFAULT 0,
    due_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  COMMENT ON COLUMN outbox.awaiting IS 'services that have not confirmed the event yet';
  COMMENT ON COLUMN outbox.epoch IS 'which life of the bus it was last published in; null: none yet';
  COMMENT ON COLUMN outbox.published_at IS 'when it was first published';
  COMMENT ON COLUMN outbox.due_at IS 'when it is published again unless all have confirmed it';
  CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE epoch IS NULL;
  CREATE INDEX outbox_published ON outbox (epoch, due_at) WHERE epoch IS NOT NULL;
  -- Rows come and go: what is dead is cleared away long before a fifth of the table is.
  ALTER TABLE outbox SET (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000
  );
`;

/**
 * What the relay needs to publish again only what a group has passed by: part of a migration after the
 * one with `outboxTable`, because databases with that table are there already.
 */
export const outboxRepeats = `
  ALTER TABLE outbox ADD COLUMN last_published_at timestamptz;
  UPDATE outbox SET last_published_at = now() WHERE epoch IS NOT NULL;
  COMMENT ON COLUMN outbox.last_published_at IS 'by when the bus had taken it the last time';
  COMMENT ON COLUMN outbox.due_at IS 'when it is published again to those who should have confirmed it';
  DROP INDEX outbox_published;
  CREATE INDEX outbox_published ON outbox (epoch, topic, due_at) WHERE epoch IS NOT NULL;
`;

/** An event that nobody confirmed for so long is given up; one that was never published is not. */
export const outboxRetention: Retention = {
  table: 'outbox',
  isOver: `published_at < now() - interval '7 days'`,
};
