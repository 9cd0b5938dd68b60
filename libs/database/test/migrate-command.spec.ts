import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import {
  databaseConfig,
  migration,
  sqlMigration,
  type DatabaseConfig,
  type MigrationClass,
} from '@courtside/database';
import type { Logger } from '@courtside/service';
import { aDatabase, eventually, type TestDatabase } from '@courtside/testing';
import { Client } from 'pg';
import { z } from 'zod';

const things = sqlMigration(1764000000001, 'create thing', 'CREATE TABLE thing (id integer)');
const names = sqlMigration(1764000000002, 'name things', 'ALTER TABLE thing ADD name text');
const broken = sqlMigration(1764000000003, 'break things', 'SELECT 1 / 0');

describe('the migrate command', () => {
  let database: TestDatabase;
  let lines: Record<string, unknown>[] = [];
  const logger = {
    info: (fields: object, message: string) => void lines.push({ ...fields, message }),
  } as unknown as Logger;
  beforeEach(async () => {
    lines = [];
    database = await aDatabase();
  });
  afterEach(() => database.drop());

  const config = (settings: Record<string, string> = {}): DatabaseConfig =>
    z.object(databaseConfig).parse({ DATABASE_URL: database.urlOf('users'), ...settings });
  const run = (migrations: MigrationClass[], settings: Record<string, string> = {}) =>
    migration({ schema: 'users', entities: [], migrations })(config(settings), logger);
  const waitsFor = (text: string) =>
    eventually(`a line about ${text}`, () =>
      lines.some(({ message, because }) => message === 'waiting' && String(because).includes(text)),
    );

  async function asAdmin<R extends object>(sql: string): Promise<R[]> {
    const client = new Client({ connectionString: database.adminUrl });
    await client.connect();
    try {
      return (await client.query<R>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const applied = async () =>
    (await asAdmin<{ name: string }>('SELECT name FROM users.migration ORDER BY id')).map(
      ({ name }) => name,
    );
  const both = ['create-thing-1764000000001', 'name-things-1764000000002'];

  it('applies what is missing, tells each, and finds nothing to do the next time', async () => {
    await run([things]);
    await run([things, names]);
    await run([things, names]);
    expect(await applied()).toEqual(both);
    expect(lines).toEqual([
      { migration: both[0], message: 'applying a migration' },
      { applied: 1, message: 'the schema is up to date' },
      { migration: both[1], message: 'applying a migration' },
      { applied: 1, message: 'the schema is up to date' },
      { applied: 0, message: 'the schema is up to date' },
    ]);
  });

  it('runs safely beside another one', async () => {
    await Promise.all([run([things, names]), run([things, names]), run([things, names])]);
    expect(await applied()).toEqual(both);
  });

  it('leaves what a newer release has migrated', async () => {
    await run([things, names]);
    await run([things]);
    expect(await applied()).toEqual(both);
  });

  it('names the migration that is wrong, in a sentence, and keeps those before it', async () => {
    await expect(run([things, broken])).rejects.toMatchObject({
      name: 'SetupError',
      message: 'the migration break-things-1764000000003 failed: division by zero',
    });
    expect(await applied()).toEqual([both[0]]);
  });

  it('waits for PostgreSQL', async () => {
    const given = new URL(database.urlOf('users'));
    const there = { host: given.hostname, port: Number(given.port) };
    const port = await aFreePort();
    const running = run([things], { DATABASE_URL: withPort(given, port) });
    await waitsFor('ECONNREFUSED');
    const proxy = await aProxy(port, there);
    try {
      await running;
      expect(await applied()).toEqual([both[0]]);
    } finally {
      proxy.close();
    }
  });

  it('waits for the schema of the role', async () => {
    await asAdmin('DROP SCHEMA users CASCADE');
    const running = run([things]);
    await waitsFor('there is no schema users yet');
    await asAdmin('CREATE SCHEMA users AUTHORIZATION users');
    await running;
    expect(await applied()).toEqual([both[0]]);
  });

  it('gives up at the deadline, and says what was missing', async () => {
    await asAdmin('DROP SCHEMA users CASCADE');
    await expect(run([things], { DATABASE_WAIT_MS: '300' })).rejects.toThrow(
      /the database of users at .*: not there within 0 s: there is no schema users yet/,
    );
  });

  it('may take longer than a statement of the app', async () => {
    const slow = sqlMigration(1764000000004, 'be slow', 'SELECT pg_sleep(0.3)');
    await run([things, slow], { DATABASE_STATEMENT_TIMEOUT_MS: '100' });
    expect(await applied()).toHaveLength(2);
  });

  it('waits until nobody holds the table it changes, and lets others in meanwhile', async () => {
    await run([things]);
    const holder = new Client({ connectionString: database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN; SELECT * FROM users.thing');
      const running = run([things, names]);
      await waitsFor('lock timeout');
      await holder.query('COMMIT');
      await running;
    } finally {
      await holder.end();
    }
    expect(await applied()).toEqual(both);
  });
});

function withPort(url: URL, port: number): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(port);
  return changed.href;
}

const listening = (server: Server, port: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });

async function aFreePort(): Promise<number> {
  const server = await listening(createServer(), 0);
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Lets whoever comes to a port through to another. */
const aProxy = (port: number, to: { readonly host: string; readonly port: number }) =>
  listening(
    createServer((socket) => {
      const onward = connect(to);
      socket.pipe(onward).pipe(socket);
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    }),
    port,
  );
