import type { Retention } from '../retention.js';

/** The table behind `Inbox`: part of a migration of each service that subscribes to events. */
export const inboxTable = `
  CREATE TABLE inbox (
    event_id uuid PRIMARY KEY,
    topic text NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX inbox_handled_at ON inbox (handled_at);
`;

/** Twice as long as any outbox publishes an event again. */
export const inboxRetention: Retention = {
  table: 'inbox',
  isOver: `handled_at < now() - interval '14 days'`,
};
