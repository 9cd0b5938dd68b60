import { Client, escapeIdentifier } from 'pg';

/** What a database is like, for whoever wants to put a backup into it. */
export interface DatabaseState {
  /** Of the server, such as 15. */
  readonly major: number;
  /** How many sessions each of the given roles has in this database; those without any are left out. */
  readonly sessions: Readonly<Record<string, number>>;
  /** Tables in the given schemas, as SQL names them. */
  readonly tables: readonly string[];
}

/**
 * @param adminUrl an account that may see the sessions of others.
 * @param names roles, which are schemas as well.
 */
export const stateOfDatabase = (
  adminUrl: string,
  names: readonly string[],
): Promise<DatabaseState> =>
  connected(adminUrl, async (client) => {
    const [server] = (await client.query<{ version: string }>(VERSION)).rows;
    const { rows: sessions } = await client.query<{ role: string; count: number }>(SESSIONS, [
      names,
    ]);
    const { rows: tables } = await client.query<{ table: string }>(TABLES, [names]);
    return {
      major: Math.floor(Number(server?.version) / 10_000),
      sessions: Object.fromEntries(sessions.map(({ role, count }) => [role, count])),
      tables: tables.map(({ table }) => table),
    };
  });

const VERSION = `SELECT current_setting('server_version_num') AS version`;
const SESSIONS = `SELECT usename AS role, count(*)::int AS count FROM pg_stat_activity
  WHERE datname = current_database() AND usename = ANY ($1) AND pid <> pg_backend_pid()
  GROUP BY usename ORDER BY usename`;
const TABLES = `SELECT format('%I.%I', schemaname, tablename) AS table FROM pg_tables
  WHERE schemaname = ANY ($1) ORDER BY 1`;

/**
 * Counts the rows of tables, all at one moment.
 * @param tables as SQL names them, which nobody from outside may choose; one that is missing has null.
 */
export const countRows = (
  adminUrl: string,
  tables: readonly string[],
): Promise<Record<string, number | null>> =>
  connected(adminUrl, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const counts: [string, number | null][] = [];
    for (const table of tables) {
      const { rows } = await client.query<{ found: boolean }>(
        'SELECT to_regclass($1) IS NOT NULL AS found',
        [table],
      );
      if (!rows[0]?.found) counts.push([table, null]);
      else {
        const counted = await client.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
        counts.push([table, Number(counted.rows[0]?.count)]);
      }
    }
    return Object.fromEntries(counts);
  });

/** SQL that takes away everything in these schemas, and the schemas. */
export const dropSchemas = (names: readonly string[]): string =>
  names.map((name) => `DROP SCHEMA IF EXISTS ${escapeIdentifier(name)} CASCADE;\n`).join('');

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
