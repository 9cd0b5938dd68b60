import { aDatabase, type TestDatabase } from '@courtside/testing';
import { createDataSource, migrate, sqlMigration, type MigrationClass } from '@courtside/database';

const first = sqlMigration(1764000000001, 'create thing', 'CREATE TABLE thing (id integer)');
const second = sqlMigration(1764000000002, 'name things', 'ALTER TABLE thing ADD name text');
const broken = sqlMigration(
  1764000000003,
  'break things',
  'ALTER TABLE thing ADD colour text; SELECT 1 / 0',
);

describe('migrations', () => {
  let database: TestDatabase;
  beforeEach(async () => (database = await aDatabase()));
  afterEach(() => database.drop());

  async function run(...migrations: MigrationClass[]): Promise<string[]> {
    const connection = { url: database.urlOf('users'), poolMax: 2, statementTimeoutMs: 5_000 };
    const source = createDataSource({ schema: 'users', entities: [], migrations }, connection);
    await source.initialize();
    try {
      await migrate(source);
      const rows: { name: string }[] = await source.query('SELECT name FROM migration ORDER BY id');
      return rows.map((row) => row.name);
    } finally {
      await source.destroy();
    }
  }

  it('run in order, and only those that have not run', async () => {
    expect(await run(first)).toEqual(['create-thing-1764000000001']);
    const all = ['create-thing-1764000000001', 'name-things-1764000000002'];
    expect(await run(first, second)).toEqual(all);
    expect(await run(first, second)).toEqual(all);
  });

  it('run once when several processes start together', async () => {
    const names = await Promise.all([1, 2, 3, 4].map(() => run(first, second)));
    for (const list of names) expect(list).toHaveLength(2);
  });

  it('that fail leave nothing of themselves behind', async () => {
    await run(first);
    await expect(run(first, broken)).rejects.toThrow(/division by zero/);
    expect(await run(first, second)).toHaveLength(2);
  });

  it('only go forward', async () => {
    await expect(new first().down(undefined as never)).rejects.toThrow(/goes forward/);
  });
});
