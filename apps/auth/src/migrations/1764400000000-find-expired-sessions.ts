import { sqlMigration } from '@courtside/database';

/** Sessions whose time is over are found without reading those that live. */
export const findExpiredSessions = sqlMigration(
  1764400000000,
  'find expired sessions',
  `CREATE INDEX session_expires_at ON session (expires_at);`,
);
