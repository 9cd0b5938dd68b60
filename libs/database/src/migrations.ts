import { awaited, SetupError, type Logger, type Patience } from '@courtside/service';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import type { MigrationClass } from './migration.js';

export interface MigrateOptions {
  readonly logger?: Pick<Logger, 'info'>;
  /** How long others may hold what a migration needs, milliseconds. */
  readonly deadlineMs?: number;
}

/** A large table takes its time; who uses it meanwhile waits, but never for the lock alone. */
const STATEMENT_MS_MAX = 10 * 60_000;
const LOCK_MS_MAX = 3_000;

const LOCK_NOT_AVAILABLE = '55P03';

const silent = { info: () => undefined };

/**
 * Brings the schema up to date, one migration after the other; processes that do it together take
 * turns. What a newer release has migrated stays.
 * @returns the names of the migrations that were applied.
 * @throws SetupError naming the migration that is wrong: nothing of it is left behind.
 */
export async function migrate(
  source: DataSource,
  { logger = silent, deadlineMs = 60_000 }: MigrateOptions = {},
): Promise<string[]> {
  const patience = patienceOf(logger, deadlineMs);
  const runner = source.createQueryRunner();
  try {
    await runner.query(`SET statement_timeout = ${STATEMENT_MS_MAX}`);
    await runner.query(`SET lock_timeout = ${LOCK_MS_MAX}`);
    await awaited({ ...patience, what: 'the turn to migrate', look: () => takeTurn(runner) });
    const executor = new MigrationExecutor(source, runner);
    const applied: string[] = [];
    for (const migration of await executor.getPendingMigrations()) {
      const { name } = migration;
      logger.info({ migration: name }, 'applying a migration');
      const look = () => apply(runner, name, () => executor.executeMigration(migration));
      await awaited({ ...patience, what: `the tables that ${name} changes`, look });
      applied.push(name);
    }
    logger.info({ applied: applied.length }, 'the schema is up to date');
    return applied;
  } finally {
    await runner.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    await runner.query('RESET statement_timeout; RESET lock_timeout').catch(() => undefined);
    await runner.release();
  }
}

/** Waiting that stands in the log. */
export const patienceOf = (logger: Pick<Logger, 'info'>, deadlineMs: number): Patience => ({
  deadlineMs,
  tell: (missing) => logger.info(missing, 'waiting'),
});

/** Asking again and again, because a statement that waits for long would be cancelled. */
async function takeTurn(runner: QueryRunner): Promise<void> {
  const [row] = (await runner.query(
    `SELECT pg_try_advisory_lock(hashtext('migrate ' || current_schema())) AS taken`,
  )) as { taken: boolean }[];
  if (!row?.taken) throw new Error('another process migrates');
}

/** In a transaction of its own. Where somebody else holds a table for too long, it may be tried again. */
async function apply(
  runner: QueryRunner,
  name: string,
  work: () => Promise<unknown>,
): Promise<void> {
  await runner.startTransaction();
  try {
    await work();
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction().catch(() => undefined);
    const { code, message } = error as Error & { code?: string };
    if (code === LOCK_NOT_AVAILABLE) throw error;
    throw new SetupError(`the migration ${name} failed: ${message}`, { cause: error });
  }
}

/** What runs SQL: a data source or a connection. */
type Ask = <R>(sql: string) => Promise<R[]>;

/**
 * The migrations of this code that the schema does not have yet. Those that it has beyond are of a newer
 * release and no fault: a release only adds what the one before it can live with.
 */
export async function pendingMigrations(
  ask: Ask,
  migrations: readonly MigrationClass[],
): Promise<string[]> {
  const [table] = await ask<{ found: boolean }>(
    `SELECT to_regclass('migration') IS NOT NULL AS found`,
  );
  const rows = table?.found ? await ask<{ name: string }>('SELECT name FROM migration') : [];
  const applied = new Set(rows.map(({ name }) => name));
  return migrations
    .map((Migration) => new Migration().name ?? Migration.name)
    .filter((name) => !applied.has(name));
}
