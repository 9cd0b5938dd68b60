import { escapeIdentifier } from 'pg';

/** SQL text where a password stands: a literal, or a variable of whoever runs the statements. */
export type SqlText = string;

/** What holds for the database as a whole. */
export const databaseStatements: readonly string[] = ['REVOKE ALL ON SCHEMA public FROM PUBLIC'];

/**
 * Gives a service a role and a schema of its own, and nothing in anyone else's. May be repeated:
 * what is there stays, the password becomes the given one.
 */
export function roleStatements(name: string, password: SqlText): string[] {
  const role = escapeIdentifier(name);
  return [
    `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name.replaceAll("'", "''")}') THEN
    CREATE ROLE ${role};
  END IF;
END $$`,
    `ALTER ROLE ${role} LOGIN PASSWORD ${password}`,
    // An administrator that is no superuser may give a schema only to a role it belongs to.
    `GRANT ${role} TO CURRENT_USER`,
    `CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role}`,
    `REVOKE ALL ON SCHEMA ${role} FROM PUBLIC`,
    `ALTER ROLE ${role} SET search_path = ${role}`,
  ];
}
