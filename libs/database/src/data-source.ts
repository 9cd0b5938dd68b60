import type { ServiceName } from '@courtside/contracts';
import { DataSource, type EntitySchema } from 'typeorm';
import type { MigrationClass } from './migration.js';
import { RefusingPool } from './refusing-pool.js';
import type { Retention } from './retention.js';

type EntityClass = (abstract new () => object) | EntitySchema;

export interface DatabaseDefinition {
  /** Schema and role of the service: both carry its name. */
  readonly schema: string;
  readonly entities: readonly EntityClass[];
  readonly migrations: readonly MigrationClass[];
  /** Whether it takes writes that are guarded against replay; it then has `singleUseTable`. */
  readonly singleUse?: boolean;
  /** What of the service's own may be deleted after a time, beside what this library keeps. */
  readonly retentions?: readonly Retention[];
}

/** The database of one of our services. */
export type ServiceDatabase = DatabaseDefinition & { readonly schema: ServiceName };

interface Connection {
  readonly url: string;
  readonly poolMax: number;
  readonly statementTimeoutMs: number;
}

/** How long to wait for a connection, milliseconds: the refusal then comes before the usual deadline. */
const CONNECT_TIMEOUT_MS = 4_000;

/** How long a connection is kept that nobody uses, milliseconds: the next burst may come when opening one is slow. */
const IDLE_MS = 60_000;

/** The data source of one service, not yet connected. Nothing is ever synchronized from entities. */
export function createDataSource(
  definition: DatabaseDefinition,
  connection: Connection,
): DataSource {
  return new DataSource({
    type: 'postgres',
    url: connection.url,
    driver: { Pool: RefusingPool },
    schema: definition.schema,
    entities: [...definition.entities] as never[],
    migrations: [...definition.migrations],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    applicationName: definition.schema,
    extra: {
      max: connection.poolMax,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_MS,
      statement_timeout: connection.statementTimeoutMs,
    },
  });
}
