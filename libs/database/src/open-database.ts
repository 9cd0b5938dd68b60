import { awaited, type Logger, type Patience } from '@courtside/service';
import type { DataSource } from 'typeorm';
import { createDataSource, type ServiceDatabase } from './data-source.js';
import type { DatabaseConfig } from './database-config.js';
import { isDatabaseLost } from './lost-database.js';
import { migrate, patienceOf, pendingMigrations } from './migrations.js';
import { reachSchema } from './reach.js';
import { demandTables, type Needs } from './required-tables.js';

/** Connects, has the schema up to date, and makes sure that what is needed is there. */
export async function openDatabase(
  definition: ServiceDatabase,
  config: DatabaseConfig,
  { needs, logger }: { readonly needs: Needs; readonly logger: Logger },
): Promise<DataSource> {
  if (!config.MIGRATE_ON_START) await migratedByOthers(definition, config, logger);
  const source = createDataSource(definition, {
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
  });
  await connected(definition.schema, source, patienceOf(logger, config.DATABASE_WAIT_MS));
  try {
    if (config.MIGRATE_ON_START) {
      await migrate(source, { logger, deadlineMs: config.DATABASE_WAIT_MS });
    }
    await demandTables(source, definition.schema, needs);
  } catch (error) {
    await source.destroy();
    throw error;
  }
  return source;
}

/**
 * Opens the pool. Its connections are short of patience, for the sake of requests; a process that starts
 * has time, on a node where many start at once, and would start anew if it gave up.
 */
async function connected(owner: string, source: DataSource, patience: Patience): Promise<void> {
  await awaited({
    ...patience,
    what: `a connection to the database of ${owner}`,
    look: () => source.initialize(),
    mayPass: isDatabaseLost,
  });
}

/** A job migrates while this process starts, or before. */
function migratedByOthers(
  { schema, migrations }: ServiceDatabase,
  config: DatabaseConfig,
  logger: Logger,
): Promise<void> {
  const sought = {
    url: config.DATABASE_URL,
    owner: schema,
    ...patienceOf(logger, config.DATABASE_WAIT_MS),
  };
  return reachSchema(sought, async (client) => {
    const ask = async <R>(sql: string) => (await client.query(sql)).rows as R[];
    const [first, ...more] = await pendingMigrations(ask, migrations);
    if (first === undefined) return;
    const others = more.length > 0 ? ` and ${more.length} more` : '';
    throw new Error(`the schema lacks the migration ${first}${others}`);
  });
}

/**
 * The `migrate` of an app with this database: waits for PostgreSQL, the role and its schema, applies
 * what is missing and lets go.
 */
export const migration =
  (definition: ServiceDatabase) =>
  async (config: DatabaseConfig, logger: Logger): Promise<void> => {
    const { DATABASE_URL: url, DATABASE_WAIT_MS: deadlineMs } = config;
    await reachSchema({ url, owner: definition.schema, ...patienceOf(logger, deadlineMs) });
    const source = createDataSource(definition, {
      url,
      poolMax: 1,
      statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
    });
    await connected(definition.schema, source, patienceOf(logger, deadlineMs));
    try {
      await migrate(source, { logger, deadlineMs });
    } finally {
      await source.destroy();
    }
  };
