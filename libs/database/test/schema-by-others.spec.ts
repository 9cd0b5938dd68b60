import {
  databaseConfig,
  DatabaseModule,
  migration,
  sqlMigration,
  type MigrationClass,
} from '@courtside/database';
import { IdentityModule } from '@courtside/identity';
import { defineApp, serviceConfig } from '@courtside/service';
import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { Module } from '@nestjs/common';
import { z } from 'zod';

const config = z.object({ ...serviceConfig.shape, ...databaseConfig });
const things = sqlMigration(1764000000001, 'create thing', 'CREATE TABLE thing (id integer)');
const names = sqlMigration(1764000000002, 'name things', 'ALTER TABLE thing ADD name text');

/** A service with a database and nothing else. */
function appWith(migrations: MigrationClass[]) {
  const database = { schema: 'time', entities: [], migrations } as const;
  @Module({ imports: [IdentityModule.forService(), DatabaseModule.with(database)] })
  class AppModule {}
  return defineApp({
    name: 'time',
    config,
    module: () => AppModule,
    migrate: migration(database),
  });
}

describe('an app that does not migrate', () => {
  let platform: TestPlatform;
  const settings = { MIGRATE_ON_START: 'false', DATABASE_WAIT_MS: '10000' };
  const start = async (more: Record<string, string> = {}) => {
    platform = await aPlatform([], { env: { time: { ...settings, ...more } } });
  };
  afterEach(() => platform.close());

  const migrate = (migrations: MigrationClass[]) => {
    const given = config.parse(platform.environmentOf('time'));
    return appWith(migrations).migrate?.(given as never, { info: () => undefined } as never);
  };

  it('waits, and says for what, until somebody has migrated', async () => {
    await start();
    const starting = platform.start(appWith([things, names]));
    const said = (text: string) => () => platform.logLines.some((line) => line.includes(text));
    await eventually('a line', said('the schema lacks the migration create-thing-1764000000001'));
    await migrate([things]);
    await eventually('a line', said('the schema lacks the migration name-things-1764000000002'));
    expect(platform.running.size).toBe(0);
    await migrate([things, names]);
    await starting;
    expect(said('"msg":"ready"')()).toBe(true);
  });

  it('starts on the schema of a newer release', async () => {
    await start({ DATABASE_WAIT_MS: '0' });
    await migrate([things, names]);
    await platform.start(appWith([things]));
    expect(platform.running.size).toBe(1);
  });

  it('gives up at the deadline, in a sentence', async () => {
    await start({ DATABASE_WAIT_MS: '300' });
    await expect(platform.start(appWith([things]))).rejects.toMatchObject({
      name: 'SetupError',
      message: expect.stringMatching(/the database of time at .*lacks the migration create-thing/),
    });
  });
});
