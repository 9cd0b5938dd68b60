import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createDataSource } from '@courtside/database';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import { isDatabaseLost } from '../src/lost-database.js';
import { CONNECT_WITHIN_MS, RefusingPool } from '../src/refusing-pool.js';

describe('who waits for a connection to the database', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await aDatabase()));
  afterAll(() => database.drop());

  it('is refused as overload when none comes free in time, and served when one does', async () => {
    const pool = new RefusingPool({
      connectionString: database.urlOf('users'),
      max: 1,
      connectionTimeoutMillis: 100,
    });
    const only = await pool.connect();
    const overloaded = { code: 'service.overloaded', status: 503, retryAfter: 1 };
    await expect(pool.connect()).rejects.toMatchObject(overloaded);
    await expect(pool.query('SELECT 1')).rejects.toMatchObject(overloaded);
    only.release();
    expect((await pool.query('SELECT 1')).rowCount).toBe(1);
    await pool.end();
  });

  it('is told soon that the database is away when a server takes the connection and says nothing', async () => {
    const sockets: Socket[] = [];
    const mute = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const pool = new RefusingPool({ host: '127.0.0.1', port, connectionTimeoutMillis: 10_000 });
    try {
      const startedAt = performance.now();
      const error: unknown = await pool.connect().catch((thrown: unknown) => thrown);
      expect(isDatabaseLost(error)).toBe(true);
      expect(performance.now() - startedAt).toBeLessThan(CONNECT_WITHIN_MS + 1_000);
    } finally {
      await pool.end();
      for (const socket of sockets) socket.destroy();
      mute.close();
    }
  });

  it('waits in such a pool in every service', async () => {
    const connection = { url: database.urlOf('users'), poolMax: 1, statementTimeoutMs: 5_000 };
    const definition = { schema: 'users', entities: [], migrations: [] };
    const source = await createDataSource(definition, connection).initialize();
    const { master } = source.driver as unknown as { master: unknown };
    expect(master).toBeInstanceOf(RefusingPool);
    await source.destroy();
  });
});
