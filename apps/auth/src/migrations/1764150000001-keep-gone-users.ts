import { sqlMigration } from '@courtside/database';

/** A credential without a hash is what remains of an account that is gone, for as long as needed. */
export const keepGoneUsers = sqlMigration(
  1764150000001,
  'keep gone users',
  `
  ALTER TABLE credential ALTER COLUMN hashed_password DROP NOT NULL;
  COMMENT ON COLUMN credential.hashed_password IS 'null: the account is gone, none is set again';
  CREATE INDEX credential_gone ON credential (updated_at) WHERE hashed_password IS NULL;
  `,
);
