import { orderEvents, type EventOf, type ServiceName } from '@courtside/contracts';
import {
  databaseConfig,
  DatabaseModule,
  Inbox,
  inboxTable,
  Outbox,
  outboxRepeats,
  outboxTable,
  sqlMigration,
} from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { defineApp, newId, serviceConfig, Subscribes, type RunningApp } from '@courtside/service';
import type { TestPlatform } from '@courtside/testing';
import { Controller, Injectable, Module } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { Client } from 'pg';

type Cancelled = EventOf<typeof orderEvents.cancelled>;

const config = z.object({ ...serviceConfig.shape, ...databaseConfig });
const keepOrders = sqlMigration(
  1764000000001,
  'keep orders',
  `CREATE TABLE cancelled (order_id uuid PRIMARY KEY); ${outboxTable} ${outboxRepeats}`,
);
const keepStock = sqlMigration(
  1764000000002,
  'keep stock',
  `CREATE TABLE given_back (order_id uuid NOT NULL); ${inboxTable} ${outboxTable} ${outboxRepeats}`,
);

@Module({
  imports: [
    IdentityModule.forService(),
    DatabaseModule.with({ schema: 'orders', entities: [], migrations: [keepOrders] }),
  ],
})
class OrdersModule {}

/** Publishes `orders.cancelled`; `cancelOrders` is what it does. */
export const orders = defineApp({ name: 'orders', config, module: () => OrdersModule });

/** What the subscriber does, beside its work, to an event it got; specs make it fail. */
export type Mishap = (event: Cancelled, manager: EntityManager) => Promise<void> | void;

/** Handles `orders.cancelled` once each: a row in `given_back`, and then perhaps a mishap. */
export const stock = (mishap: Mishap = () => {}) => {
  @Injectable()
  class StockService {
    constructor(private readonly inbox: Inbox) {}

    async giveBack(event: Cancelled): Promise<void> {
      await this.inbox.once(event, async (manager) => {
        await manager.query('INSERT INTO given_back VALUES ($1)', [event.data.orderId]);
        await mishap(event, manager);
      });
    }
  }

  @Controller()
  class StockController {
    constructor(private readonly service: StockService) {}

    @Subscribes(orderEvents.cancelled)
    cancelled(
      @Payload({ schema: orderEvents.cancelled.envelope }) event: Cancelled,
    ): Promise<void> {
      return this.service.giveBack(event);
    }
  }

  @Module({
    imports: [
      IdentityModule.forService(),
      DatabaseModule.with({ schema: 'products', entities: [], migrations: [keepStock] }),
    ],
    controllers: [StockController],
    providers: [StockService],
  })
  class ProductsModule {}
  return defineApp({ name: 'products', config, module: () => ProductsModule });
};

/** Cancels orders in one transaction, as a service does: the change and its event. */
export async function cancelOrders(app: RunningApp, ids: readonly string[]): Promise<void> {
  const [source, outbox] = [
    app.context.get(DataSource),
    app.context.get(Outbox, { strict: false }),
  ];
  await source.transaction(async (manager) => {
    for (const orderId of ids) {
      await manager.query('INSERT INTO cancelled VALUES ($1)', [orderId]);
      await outbox.add(manager, orderEvents.cancelled, {
        subject: orderId,
        data: { orderId, userId: orderId, reason: 'requested' },
      });
    }
  });
}

export const newIds = (count: number): string[] => Array.from({ length: count }, () => newId());

/** Reads or changes what a service keeps, from outside of it. */
export async function sql<R extends object>(
  platform: TestPlatform,
  service: ServiceName,
  query: string,
  values: unknown[] = [],
): Promise<R[]> {
  const client = new Client({ connectionString: platform.database.urlOf(service) });
  await client.connect();
  try {
    return (await client.query<R>(query, values)).rows;
  } finally {
    await client.end();
  }
}

/** Order ids that were given back, once for each time it was done. */
export async function givenBack(platform: TestPlatform): Promise<string[]> {
  const rows = await sql<{ order_id: string }>(platform, 'products', 'TABLE given_back');
  return rows.map((row) => row.order_id);
}

export interface KeptRow {
  readonly sequence: string;
  readonly id: string;
  readonly epoch: string | null;
  readonly publications: number;
  readonly awaiting: string[];
}

/** What the publisher still keeps. */
export const outboxOf = (platform: TestPlatform): Promise<KeptRow[]> =>
  sql<KeptRow>(platform, 'orders', 'SELECT * FROM outbox ORDER BY sequence');
