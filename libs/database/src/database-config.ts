import { flag, secret } from '@courtside/service';
import { z } from 'zod';

/** The settings of an app that has a database, beside those that every app has. */
export const databaseConfig = {
  DATABASE_URL: secret(
    z.string().regex(/^postgres(ql)?:\/\//, 'must start with postgres://'),
    "PostgreSQL, with the service's own role",
  ),
  DATABASE_POOL_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(100)
    .default(5)
    .meta({ description: 'connections of one process at most, beside the one of its outbox' }),
  DATABASE_STATEMENT_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .meta({ description: 'a statement that takes longer is cancelled, milliseconds' }),
  MIGRATE_ON_START: flag(true).meta({
    description: 'migrate before taking work; charts do it by a job instead',
  }),
  DATABASE_WAIT_MS: z.coerce.number().int().min(0).max(3_600_000).default(120_000).meta({
    description: 'how long a start or a migration waits for its database and schema, milliseconds',
  }),
  DEMO: flag(false).meta({
    description: 'fills an empty database with users, products and well-known passwords',
  }),
};

export type DatabaseConfig = z.output<z.ZodObject<typeof databaseConfig>>;

/**
 * Finishes the settings of an app that has a database.
 * @returns the schema, refusing the demo profile, with its well-known passwords, in production.
 */
export const withoutDemoInProduction = <S extends z.ZodObject>(schema: S): S =>
  schema.refine(({ NODE_ENV, DEMO }) => !(NODE_ENV === 'production' && DEMO), {
    path: ['DEMO'],
    message: 'the demo profile has well-known passwords and is refused in production',
  });
