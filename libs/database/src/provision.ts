import { Client, escapeIdentifier, escapeLiteral } from 'pg';

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
    await client.query('REVOKE ALL ON SCHEMA public FROM PUBLIC');
    for (const owner of owners) await provisionOwner(client, owner);
  } finally {
    await client.end();
  }
}

async function provisionOwner(client: Client, { name, password }: DatabaseOwner): Promise<void> {
  const role = escapeIdentifier(name);
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
  const verb = rowCount ? 'ALTER' : 'CREATE';
  await client.query(`${verb} ROLE ${role} LOGIN PASSWORD ${escapeLiteral(password)}`);
  // An administrator that is no superuser may give a schema only to a role it belongs to.
  await client.query(`GRANT ${role} TO CURRENT_USER`);
  await client.query(`CREATE SCHEMA IF NOT EXISTS ${role} AUTHORIZATION ${role}`);
  await client.query(`REVOKE ALL ON SCHEMA ${role} FROM PUBLIC`);
  await client.query(`ALTER ROLE ${role} SET search_path = ${role}`);
}
