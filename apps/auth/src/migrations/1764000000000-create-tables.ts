import { sqlMigration } from '@courtside/database';

/**
 * `version` counts the passwords an account has had. Of refresh tokens only digests are kept: one
 * of the part that all tokens of a session share, one of the part that changes.
 */
export const createTables = sqlMigration(
  1764000000000,
  'create tables',
  `
  CREATE TABLE credential (
    user_id uuid PRIMARY KEY,
    hashed_password text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE TABLE session (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    family_digest text NOT NULL,
    refresh_digest text NOT NULL,
    created_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    ended_at timestamptz(3)
  );
  CREATE INDEX session_user_id ON session (user_id, created_at);
  `,
);
