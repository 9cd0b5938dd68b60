import { awaited, type Patience } from '@courtside/service';
import { Client } from 'pg';

interface Sought extends Patience {
  readonly url: string;
  /** Whose database it is. */
  readonly owner: string;
}

/** One attempt takes no longer, milliseconds. */
const ATTEMPT_MS = 5_000;

/**
 * Waits until a database can be used, and for whatever else `look` wants of it. Each look is a new
 * connection: a role gets its search path when it connects.
 * @param look rejects with a sentence for as long as something is missing.
 * @throws SetupError saying what was missing at the end.
 */
export function reachDatabase(
  { url, owner, ...patience }: Sought,
  look: (client: Client) => Promise<void>,
): Promise<void> {
  const { host } = new URL(url);
  return awaited({
    what: `the database of ${owner} at ${host}`,
    ...patience,
    look: () => connected(url, look),
  });
}

/** Waits until the role of a service can connect and has its schema. */
export const reachSchema = (
  sought: Sought,
  look: (client: Client) => Promise<void> = () => Promise.resolve(),
): Promise<void> =>
  reachDatabase(sought, async (client) => {
    const { rows } = await client.query<{ schema: string | null }>(
      'SELECT current_schema() AS schema',
    );
    if (rows[0]?.schema !== sought.owner) throw new Error(`there is no schema ${sought.owner} yet`);
    await look(client);
  });

async function connected(url: string, look: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: ATTEMPT_MS,
    query_timeout: ATTEMPT_MS,
  });
  // A connection that breaks tells so twice: by what was asked, and here.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await look(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}
