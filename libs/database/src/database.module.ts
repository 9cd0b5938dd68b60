import { CONFIG, Health, SINGLE_USE } from '@courtside/service';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { createDataSource, migrate, type DatabaseDefinition } from './data-source.js';
import type { DatabaseConfig } from './database-config.js';
import { IdempotentWrites } from './idempotent-writes.js';
import { Inbox } from './inbox/inbox.js';
import { Outbox } from './outbox/outbox.js';
import { SingleUseStore } from './single-use/single-use-store.js';

/** Gives an app its `DataSource`, connected and migrated before the app takes work. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  static with(definition: DatabaseDefinition): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        {
          provide: DataSource,
          useFactory: (config: DatabaseConfig, health: Health) => open(definition, config, health),
          inject: [CONFIG, Health],
        },
        IdempotentWrites,
        Inbox,
        Outbox,
        ...(definition.singleUse ? [{ provide: SINGLE_USE, useClass: SingleUseStore }] : []),
      ],
      exports: [
        DataSource,
        IdempotentWrites,
        Inbox,
        Outbox,
        ...(definition.singleUse ? [SINGLE_USE] : []),
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

async function open(definition: DatabaseDefinition, config: DatabaseConfig, health: Health) {
  const source = createDataSource(definition, {
    url: config.DATABASE_URL,
    poolMax: config.DATABASE_POOL_MAX,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
  });
  await source.initialize();
  if (config.MIGRATE_ON_START) await migrate(source);
  health.register('database', () => source.query('SELECT 1'));
  return source;
}
