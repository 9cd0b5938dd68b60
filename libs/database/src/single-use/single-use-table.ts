import type { Retention } from '../retention.js';

/** The table behind `SINGLE_USE`: part of a migration of each service that takes guarded writes. */
export const singleUseTable = `
  CREATE TABLE used_assertion (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX used_assertion_expires_at ON used_assertion (expires_at);
`;

/** Clocks of database and app may differ by some minutes: nothing is forgotten while it could count. */
export const singleUseRetention: Retention = {
  table: 'used_assertion',
  isOver: `expires_at < now() - interval '10 minutes'`,
};
