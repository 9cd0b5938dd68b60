import { createDataSource } from '@courtside/database';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import { RefusingPool } from '../src/refusing-pool.js';

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

  it('waits in such a pool in every service', async () => {
    const connection = { url: database.urlOf('users'), poolMax: 1, statementTimeoutMs: 5_000 };
    const definition = { schema: 'users', entities: [], migrations: [] };
    const source = await createDataSource(definition, connection).initialize();
    const { master } = source.driver as unknown as { master: unknown };
    expect(master).toBeInstanceOf(RefusingPool);
    await source.destroy();
  });
});
