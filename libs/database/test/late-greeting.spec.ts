import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { databaseConfig, type DatabaseConfig, type MigrationClass } from '@courtside/database';
import type { Logger } from '@courtside/service';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import { z } from 'zod';
import { openDatabase } from '../src/open-database.js';

const needs = { publishes: false, subscribes: false, singleUse: false };

describe('a process that starts where many do', () => {
  let database: TestDatabase;
  let server: Server;
  let sockets: Socket[];
  let told: unknown[];
  const logger = { info: (fields: object) => void told.push(fields) } as unknown as Logger;

  beforeEach(async () => {
    [database, sockets, told] = [await aDatabase(), [], []];
  });
  afterEach(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await database.drop();
  });

  /** Stands before PostgreSQL and lets those through whom `lets` says, by their number. */
  async function behind(lets: (nth: number) => boolean, more = {}): Promise<DatabaseConfig> {
    const url = new URL(database.urlOf('users'));
    const there = { host: url.hostname, port: Number(url.port) };
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      if (!lets(sockets.length)) return;
      const onward = connect(there);
      socket.pipe(onward).pipe(socket);
      onward.on('error', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url.port = String((server.address() as AddressInfo).port);
    return z.object(databaseConfig).parse({ DATABASE_URL: url.href, ...more });
  }
  const open = (config: DatabaseConfig, migrations: MigrationClass[] = []) =>
    openDatabase({ schema: 'users', entities: [], migrations }, config, { needs, logger });

  it.each(['true', 'false'])(
    'waits for a connection of its pool that is greeted late, and says so (migrating: %s)',
    async (MIGRATE_ON_START) => {
      const first = MIGRATE_ON_START === 'true' ? 1 : 2;
      const source = await open(await behind((nth) => nth !== first, { MIGRATE_ON_START }));
      expect(await source.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      await source.destroy();
      expect(told).toContainEqual({
        what: 'a connection to the database of users',
        because: expect.stringContaining('timeout'),
      });
    },
  );

  it('gives up at the deadline, in a sentence', async () => {
    const config = await behind((nth) => nth < 2, {
      MIGRATE_ON_START: 'false',
      DATABASE_WAIT_MS: '500',
    });
    await expect(open(config)).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(/^a connection to the database of users: not there within/),
    });
  });

  it('does not wait for what waiting does not mend', async () => {
    const config = await behind(() => true, { MIGRATE_ON_START: 'true' });
    const wrong = config.DATABASE_URL.replace(/:[^:@]*@/, ':wrong@');
    await expect(open({ ...config, DATABASE_URL: wrong })).rejects.toMatchObject({ code: '28P01' });
    expect(sockets).toHaveLength(1);
  });
});
