import { sqlMigration } from '@courtside/database';

/**
 * User names are ASCII and compared without regard to case; "C" folds and orders them alike
 * on every server.
 * `sign_up_key` is the idempotency key of the sign-up, with who sent it.
 */
export const createUser = sqlMigration(
  1764000000000,
  'create user',
  `
  CREATE TABLE "user" (
    id uuid PRIMARY KEY,
    username text NOT NULL,
    display_name text,
    email text,
    roles text[] NOT NULL,
    permissions text[] NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'active', 'deleting')),
    version integer NOT NULL,
    sign_up_key text,
    sign_up_fingerprint text,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL
  );
  CREATE UNIQUE INDEX user_username ON "user" (lower(username COLLATE "C"));
  CREATE UNIQUE INDEX user_sign_up_key ON "user" (sign_up_key);
  CREATE INDEX user_created_at ON "user" (created_at, id);
  `,
);
