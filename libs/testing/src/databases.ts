import { randomBytes } from 'node:crypto';
import { serviceNames } from '@courtside/contracts';
import { provision } from '@courtside/database';
import { Client } from 'pg';

/** Roles belong to the whole server, so all specs share them and this password. */
const ROLE_PASSWORD = 'spec';

/** A database of its own for one spec file, with the roles and schemas of every service. */
export interface TestDatabase {
  /** Connects as an administrator. */
  readonly adminUrl: string;
  /** Connects as the role of a service. */
  urlOf(service: string): string;
  /** Removes it, with whoever is still connected. */
  drop(): Promise<void>;
}

/** Makes an empty database on a server; that of `TEST_DATABASE_URL` when none is given. */
export async function aDatabase(server = process.env['TEST_DATABASE_URL']): Promise<TestDatabase> {
  if (!server) throw new Error('TEST_DATABASE_URL is not set: run specs by `npm test`');
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const adminUrl = withPath(server, name);
  const owners = serviceNames.map((service) => ({ name: service, password: ROLE_PASSWORD }));
  await connected(server, async (client) => {
    await client.query(`CREATE DATABASE ${name}`);
    // Locks belong to a database, roles to the server: spec files take turns at this one.
    await client.query(`SELECT pg_advisory_lock(hashtext('spec roles'))`);
    await provision(adminUrl, owners);
  });
  return {
    adminUrl,
    urlOf: (service) => withRole(adminUrl, service),
    drop: () =>
      connected(server, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function connected(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function withPath(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

function withRole(url: string, role: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = ROLE_PASSWORD;
  return changed.href;
}
