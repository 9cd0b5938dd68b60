import {
  createDataSource,
  migrate,
  SingleUseStore,
  singleUseTable,
  sqlMigration,
} from '@courtside/database';
import { newId } from '@courtside/service';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import type { DataSource } from 'typeorm';

const tables = sqlMigration(1764000000001, 'create tables', singleUseTable);
const inAMinute = () => new Date(Date.now() + 60_000);

describe('an id that may be used once', () => {
  let database: TestDatabase;
  let source: DataSource;
  let uses: SingleUseStore;

  beforeAll(async () => {
    database = await aDatabase();
    const connection = { url: database.urlOf('users'), poolMax: 5, statementTimeoutMs: 5_000 };
    source = createDataSource({ schema: 'users', entities: [], migrations: [tables] }, connection);
    await source.initialize();
    await migrate(source);
    uses = new SingleUseStore(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('is unused once, and used ever after', async () => {
    const id = newId();
    expect(await uses.claim(id, inAMinute())).toBe(true);
    expect(await uses.claim(id, inAMinute())).toBe(false);
  });

  it('goes to one alone of many who claim it at the same time', async () => {
    const id = newId();
    const claims = await Promise.all(Array.from({ length: 20 }, () => uses.claim(id, inAMinute())));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('leaves every other id alone', async () => {
    expect(await uses.claim(newId(), inAMinute())).toBe(true);
    expect(await uses.claim(newId(), inAMinute())).toBe(true);
  });
});
