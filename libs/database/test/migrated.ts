import { createDataSource, migrate, sqlMigration } from '@courtside/database';
import { aDatabase } from '@courtside/testing';
import type { DataSource } from 'typeorm';

export interface Migrated {
  readonly source: DataSource;
  /** Lets go of the connections and forgets the database. */
  end(): Promise<void>;
}

/** A database of its own, with the role of a service and these tables. */
export async function aDatabaseWith(tables: string): Promise<Migrated> {
  const database = await aDatabase();
  const migration = sqlMigration(1764000000001, 'create tables', tables);
  const connection = { url: database.urlOf('users'), poolMax: 5, statementTimeoutMs: 5_000 };
  const definition = { schema: 'users', entities: [], migrations: [migration] };
  const source = createDataSource(definition, connection);
  await source.initialize();
  await migrate(source);
  const end = async () => {
    await source.destroy();
    await database.drop();
  };
  return { source, end };
}
