/**
 * The table behind `Outbox`: part of a migration of each service that publishes events. A row stays
 * until every subscribing service has confirmed the event, or for seven days.
 */
export const outboxTable = `
  CREATE TABLE outbox (
    sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    topic text NOT NULL,
    event jsonb NOT NULL,
    awaiting text[] NOT NULL,
    epoch text,
    published_at timestamptz,
    publications integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  COMMENT ON COLUMN outbox.awaiting IS 'services that have not confirmed the event yet';
  COMMENT ON COLUMN outbox.epoch IS 'which life of the bus it was last published in; null: none yet';
  CREATE INDEX outbox_unpublished ON outbox (sequence) WHERE epoch IS NULL;
  CREATE INDEX outbox_published_at ON outbox (published_at) WHERE epoch IS NOT NULL;
`;
