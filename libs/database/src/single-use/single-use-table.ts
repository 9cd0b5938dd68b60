/** The table behind `SINGLE_USE`: part of a migration of each service that takes guarded writes. */
export const singleUseTable = `
  CREATE TABLE used_assertion (
    id text PRIMARY KEY,
    expires_at timestamptz NOT NULL
  );
  CREATE INDEX used_assertion_expires_at ON used_assertion (expires_at);
`;
