import type { ServiceName } from '@courtside/contracts';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate, type DatabaseDefinition } from './data-source.js';
import type { DatabaseConfig } from './database-config.js';
import { demandTables, type Needs } from './required-tables.js';

/** Connects, migrates where the settings say so, and makes sure that what is needed is there. */
export async function openDatabase(
  definition: DatabaseDefinition & { readonly schema: ServiceName },
  config: DatabaseConfig,
  needs: Needs,
): Promise<DataSource> {
  const source = createDataSource(definition, {
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
  });
  await source.initialize();
  try {
    if (config.MIGRATE_ON_START) await migrate(source);
    await demandTables(source, definition.schema, needs);
  } catch (error) {
    await source.destroy();
    throw error;
  }
  return source;
}
