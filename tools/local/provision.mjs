/** Gives each service of the topology a role and a schema of its own in one database. */
import pg from 'pg';
import { built } from './build.mjs';
import { databaseServices } from './topology.mjs';

const CONNECT_DEADLINE_MS = 5_000;
const INSUFFICIENT_PRIVILEGE = '42501';

/** @template T @param {string} url @param {(client: pg.Client) => Promise<T>} work */
async function connected(url, work) {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
  });
  try {
    await client.connect();
  } catch (cause) {
    const { host } = new URL(url);
    throw new Error(`PostgreSQL at ${host} cannot be used: ${cause.message}`, { cause });
  }
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @param {string} adminUrl any database of the server */
export async function ensureDatabase(adminUrl, database) {
  await connected(adminUrl, async (client) => {
    const known = 'SELECT 1 FROM pg_database WHERE datname = $1';
    const { rowCount } = await client.query(known, [database]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
  });
}

/**
 * Safe to repeat. A service sees its own schema only: nothing is granted across.
 * @param {string} adminUrl a role that may make roles, in the database meant for the services
 * @param {import('./topology.mjs').Topology} topology
 * @param {Record<string, string>} passwords by service
 */
export async function provision(adminUrl, topology, passwords) {
  const owners = databaseServices(topology).map((name) => ({ name, password: passwords[name] }));
  const { provision: give } = await built('database', 'dist', 'provision.js');
  try {
    await give(adminUrl, owners);
  } catch (error) {
    if (error.code !== INSUFFICIENT_PRIVILEGE) throw error;
    const remedy = 'Give an administrator, since each service gets a role of its own.';
    throw new Error(`The role of DATABASE_URL may not do it (${error.message}). ${remedy}`, {
      cause: error,
    });
  }
}

/** @returns {Promise<string>} what the server calls itself, or a rejection saying why not */
export const versionOf = (url) =>
  connected(
    url,
    async (client) => (await client.query('SHOW server_version')).rows[0].server_version,
  );
