import { CONFIG, FAULTS, Health, LOGGER, SINGLE_USE, type Logger } from '@courtside/service';
import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { cleaningProvider } from './cleaning-parts.js';
import type { ServiceDatabase } from './data-source.js';
import type { DatabaseConfig } from './database-config.js';
import { FencedWrites } from './fenced-writes/fenced-writes.js';
import { IdempotentWrites } from './idempotent-writes.js';
import { Inbox, inboxProviders } from './inbox/inbox-parts.js';
import { Outbox, outboxControllers, outboxProviders } from './outbox/outbox-parts.js';
import { problemOfDatabase } from './lost-database.js';
import { openDatabase } from './open-database.js';
import { needsOf } from './required-tables.js';
import { SingleUseStore } from './single-use/single-use-store.js';
import { Turns } from './turns.js';

/**
 * Gives an app its `DataSource`, connected and migrated before the app takes work; an `Outbox` with
 * its relay where topology.yaml says that it publishes events, and an `Inbox` where it handles any.
 */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  static with(definition: ServiceDatabase): DynamicModule {
    const { schema } = definition;
    const needs = needsOf(schema, definition.singleUse);
    return {
      module: DatabaseModule,
      global: true,
      controllers: needs.publishes ? outboxControllers(schema) : [],
      providers: [
        {
          provide: DataSource,
          useFactory: async (config: DatabaseConfig, health: Health, logger: Logger) => {
            const source = await openDatabase(definition, config, { needs, logger });
            health.register('database', () => source.query('SELECT 1'));
            return source;
          },
          inject: [CONFIG, Health, LOGGER],
        },
        cleaningProvider(needs, definition),
        {
          // Requests always find a connection that no event has.
          provide: Turns,
          useFactory: (config: DatabaseConfig) =>
            new Turns(Math.max(1, config.DATABASE_POOL_MAX - 1)),
          inject: [CONFIG],
        },
        { provide: FAULTS, useValue: problemOfDatabase },
        FencedWrites,
        IdempotentWrites,
        ...(needs.publishes ? outboxProviders(schema) : []),
        ...(needs.subscribes ? inboxProviders : []),
        ...(needs.singleUse ? [singleUse] : []),
      ],
      exports: [
        DataSource,
        FAULTS,
        FencedWrites,
        IdempotentWrites,
        ...(needs.publishes ? [Outbox] : []),
        ...(needs.subscribes ? [Inbox] : []),
        ...(needs.singleUse ? [SINGLE_USE] : []),
      ],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

const singleUse: Provider = { provide: SINGLE_USE, useClass: SingleUseStore };
