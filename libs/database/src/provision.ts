import { Client, escapeLiteral } from 'pg';
import { databaseStatements, roleStatements } from './roles.js';

/** A service that keeps its own data: the name is its role and its schema. */
export interface DatabaseOwner {
  readonly name: string;
  readonly password: string;
}

/**
 * Gives each service a role and a schema of its own in the database that `adminUrl` names, and
 * nothing in anyone else's. May be repeated: what is there stays, passwords become the given ones.
 * @param adminUrl an account that may create roles and schemas.
 */
export async function provision(adminUrl: string, owners: readonly DatabaseOwner[]): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Whoever provisions this database at the same time waits.
    await client.query(`SELECT pg_advisory_lock(hashtext('provision'))`);
    const statements = owners.flatMap(({ name, password }) =>
      roleStatements(name, escapeLiteral(password)),
    );
    for (const statement of [...databaseStatements, ...statements]) await client.query(statement);
  } finally {
    await client.end();
  }
}
