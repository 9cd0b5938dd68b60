import { DatabaseModule, databaseConfig, type MigrationClass } from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { defineApp, newId, serviceConfig, type Logger } from '@courtside/service';
import type { ServiceName } from '@courtside/contracts';
import { aDatabase, aPlatform, type TestDatabase, type TestPlatform } from '@courtside/testing';
import { Module } from '@nestjs/common';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { Cleaning } from '../src/cleaning.js';
import { createDataSource } from '../src/data-source.js';
import { inboxRetention, inboxTable } from '../src/inbox/inbox-table.js';
import { sqlMigration } from '../src/migration.js';
import { migrate } from '../src/migrations.js';
import { outboxRepeats, outboxRetention, outboxTable } from '../src/outbox/outbox-table.js';
import { singleUseRetention, singleUseTable } from '../src/single-use/single-use-table.js';

describe('the tables of events', () => {
  const appWith = (schema: ServiceName, migrations: MigrationClass[], singleUse = false) => {
    @Module({
      imports: [
        IdentityModule.forService(),
        DatabaseModule.with({ schema, entities: [], migrations, singleUse }),
      ],
    })
    class AppModule {}
    const config = z.object({ ...serviceConfig.shape, ...databaseConfig });
    return defineApp({ name: schema, config, module: () => AppModule });
  };

  let platform: TestPlatform;
  beforeAll(async () => (platform = await aPlatform([])));
  afterAll(() => platform.close());

  it.each([
    ['orders', /orders publishes events but has no table outbox: add outboxTable to a migration/],
    ['products', /outboxTable[^]*products handles events but has no table inbox: add inboxTable/],
    ['auth', /auth takes guarded writes but has no table used_assertion: add singleUseTable/],
  ] as const)('are demanded at the start of %s, by name and migration', async (name, sentence) => {
    const nothing = sqlMigration(1764000000001, 'nothing', 'SELECT 1');
    const app = appWith(name, [nothing], name === 'auth');
    await expect(platform.start(app)).rejects.toThrow(sentence);
    // Nothing is left open: the database could not be dropped quietly otherwise.
    const { rows } = await admin(platform);
    expect(rows).toEqual([]);
  });
});

/** Connections of apps to the platform's database. */
async function admin(platform: TestPlatform) {
  const client = new Client({ connectionString: platform.database.adminUrl });
  await client.connect();
  try {
    return await client.query(
      `SELECT application_name FROM pg_stat_activity
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
  } finally {
    await client.end();
  }
}

describe('an outbox that was there before repeats were noted', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await aDatabase()));
  afterAll(() => database.drop());

  async function at<R>(migrations: MigrationClass[], sql: string): Promise<R[]> {
    const connection = { url: database.urlOf('orders'), poolMax: 2, statementTimeoutMs: 5_000 };
    const source = createDataSource({ schema: 'orders', entities: [], migrations }, connection);
    await source.initialize();
    try {
      await migrate(source);
      return await source.query<R[]>(sql);
    } finally {
      await source.destroy();
    }
  }

  it('keeps its events: what was published can be due again, what was not is still to come', async () => {
    const before = sqlMigration(1764000000001, 'before', outboxTable);
    await at(
      [before],
      `INSERT INTO outbox (id, topic, event, awaiting, epoch, published_at, due_at)
       VALUES (gen_random_uuid(), 'published', '{}', '{products}', 'e', now(), now()),
         (gen_random_uuid(), 'new', '{}', '{products}', NULL, NULL, NULL)`,
    );
    const after = sqlMigration(1764000000002, 'after', outboxRepeats);
    const rows = await at(
      [before, after],
      `SELECT topic, last_published_at <= now() AS "isNoted" FROM outbox ORDER BY topic`,
    );
    expect(rows).toEqual([
      { topic: 'new', isNoted: null },
      { topic: 'published', isNoted: true },
    ]);
  });
});

describe('what has had its time', () => {
  let database: TestDatabase;
  let source: DataSource;
  const tables = sqlMigration(
    1764000000001,
    'tables',
    `${outboxTable} ${inboxTable} ${singleUseTable}`,
  );
  beforeAll(async () => {
    database = await aDatabase();
    const connection = { url: database.urlOf('orders'), poolMax: 3, statementTimeoutMs: 5_000 };
    source = createDataSource({ schema: 'orders', entities: [], migrations: [tables] }, connection);
    await source.initialize();
    await migrate(source);
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  const clean = () => {
    const logger = { info() {}, warn() {} } as unknown as Logger;
    return new Cleaning(
      source,
      [outboxRetention, inboxRetention, singleUseRetention],
      logger,
    ).run();
  };
  const left = async (table: string, column: string): Promise<unknown[]> => {
    const rows: Record<string, unknown>[] = await source.query(
      `SELECT ${column} FROM ${table} ORDER BY ${column}`,
    );
    return rows.map((row) => row[column]);
  };

  it('leaves the outbox after seven days, unless it was never published', async () => {
    const ages = { old: '8 days', young: '6 days', unpublished: null };
    for (const [topic, age] of Object.entries(ages)) {
      await source.query(
        `INSERT INTO outbox (id, topic, event, awaiting, epoch, published_at, created_at)
         VALUES ($1, $2, '{}', '{products}', $3, now() - $4::interval, now() - interval '9 days')`,
        [newId(), topic, age && 'e', age],
      );
    }
    await clean();
    expect(await left('outbox', 'topic')).toEqual(['unpublished', 'young']);
  });

  it('leaves the inbox after fourteen days, however many rows there are', async () => {
    await source.query(
      `INSERT INTO inbox (event_id, topic, handled_at)
       SELECT gen_random_uuid(), 'old', now() - interval '15 days' FROM generate_series(1, 2500)
       UNION ALL SELECT gen_random_uuid(), 'young', now() - interval '13 days'`,
    );
    await Promise.all([clean(), clean()]);
    expect(await left('inbox', 'topic')).toEqual(['young']);
  });

  it('leaves the used assertions some minutes after nobody would accept them', async () => {
    await source.query(
      `INSERT INTO used_assertion (id, expires_at)
       VALUES ('old', now() - interval '1 hour'), ('just over', now()), ('good', now() + interval '1 min')`,
    );
    await clean();
    expect(await left('used_assertion', 'id')).toEqual(['good', 'just over']);
  });
});
