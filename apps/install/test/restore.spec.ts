import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aDatabase, RedisServer, type TestDatabase } from '@courtside/testing';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { aFolder, keptAt } from './a-backup.js';
import { aPlan, fileOf, run } from './a-plan.js';

/** Roles belong to the whole server, which other specs use: this one has a name of its own. */
const role = `kept-${process.pid}`;
const TABLE = `"${role}".thing`;
const [older, newer] = ['20261126T021700Z', '20261127T021700Z'];

let database: TestDatabase;
let redis: RedisServer;
let folder: string;
let work: string;
let passwords: string;
beforeAll(async () => (redis = await RedisServer.start()));
afterAll(() => redis.close());
beforeEach(async () => {
  database = await aDatabase();
  [folder, work] = [aFolder(), aFolder()];
  passwords = mkdtempSync(join(tmpdir(), 'passwords-'));
  const key = role.toUpperCase().replaceAll('-', '_');
  writeFileSync(join(passwords, `POSTGRES_PASSWORD_${key}`), 'pw');
  writeFileSync(join(passwords, 'REDIS_PASSWORD_ADMIN'), 'of-admin');
  keptAt(folder, older, { [TABLE]: 1 });
  keptAt(folder, newer, { [TABLE]: 2 });
});
afterEach(async () => {
  await database.drop();
  const server = database.adminUrl.replace(/\/[^/]*$/, '/postgres');
  await inDatabase(`DROP ROLE IF EXISTS "${role}"`, server);
});

async function inDatabase(sql: string, url = database.adminUrl): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const plan = () =>
  fileOf(
    aPlan((each) => {
      each.services = { [role]: { secret: 'kept', managed: true, database: true } };
      each.bus.url = redis.url;
    }),
  );
const step = (name: string, environment = {}) =>
  run([name, '--plan', plan(), '--passwords', passwords, '--work', work], {
    BACKUP_DIRECTORY: folder,
    ADMIN_DATABASE_URL: database.adminUrl,
    ...environment,
  });

async function withAdministrator<T>(act: (admin: Redis) => Promise<T>): Promise<T> {
  const admin = new Redis(redis.url);
  try {
    await admin.call('ACL', 'SETUSER', 'admin', 'on', '>of-admin', '~*', '&*', '+@all');
    return await act(admin);
  } finally {
    admin.disconnect();
  }
}

describe('putting a backup back', () => {
  it('fetches the latest one, makes the roles, and empties the bus of what happened since', async () => {
    await withAdministrator(async (admin) => {
      await admin.mset('nx:{epoch}', 'one', 'nx:{users.0}:q', 'x', 'other', 'stays');
      const { code, said, complaints } = await step('restore');
      expect([code, complaints]).toEqual([0, '']);
      expect(said).toContain(`${newer} of ${folder}: 2 rows of 1 tables`);
      expect(said).toContain('the bus is empty: 2 keys removed');
      expect(await admin.keys('*')).toEqual(['other']);
    });
    expect(readFileSync(join(work, 'dump'), 'utf8')).toBe(`dump of ${newer}`);
    const before = readFileSync(join(work, 'before.sql'), 'utf8');
    expect(before).toBe(`DROP SCHEMA IF EXISTS "${role}" CASCADE;\n`);
    expect(await inDatabase(`SELECT 1 FROM pg_roles WHERE rolname = '${role}'`)).toHaveLength(1);
  });

  it('ends by comparing what is there with the backup, and gives every service its schema', async () => {
    await withAdministrator(() => step('restore', { RESTORE_BACKUP: older }));
    const missing = await step('restored');
    expect(missing.complaints).toBe(
      `what is there is not ${older}:\n${TABLE}: is not there, not of 1 rows`,
    );
    await inDatabase(`CREATE TABLE ${TABLE} (id int)`);
    expect((await step('restored')).code).toBe(1);
    await inDatabase(`INSERT INTO ${TABLE} VALUES (1)`);
    const { code, said } = await step('restored');
    expect([code, said]).toEqual([0, expect.stringMatching(`^restored: ${older}, 1 rows of 1`)]);
  });

  it('is refused while services are connected, with the command that stops them', async () => {
    await run(['database', '--plan', plan(), '--passwords', passwords], {
      ADMIN_DATABASE_URL: database.adminUrl,
    });
    const url = Object.assign(new URL(database.adminUrl), { username: role, password: 'pw' });
    const service = new Client({ connectionString: url.href });
    await service.connect();
    const { code, complaints } = await step('restore');
    await service.end();
    expect(code).toBe(1);
    expect(complaints).toContain(`services are connected: ${role} (1). Stop them first: kubectl`);
    expect(complaints).toContain('-n shop scale deployment --selector');
  });

  it('is refused where there are tables, unless they are to go', async () => {
    await inDatabase(`CREATE SCHEMA "${role}"; CREATE TABLE ${TABLE} (id int)`);
    const { code, complaints } = await step('restore');
    expect([code, complaints]).toEqual([1, expect.stringContaining(`has tables: ${TABLE}.`)]);
    const replaced = await withAdministrator(() => step('restore', { RESTORE_REPLACE: 'true' }));
    expect([replaced.code, replaced.complaints]).toEqual([0, '']);
  });

  it('is refused into a server that is older than the one the backup is of', async () => {
    keptAt(folder, '20261128T000000Z', { [TABLE]: 2 }, '99.1');
    const { code, complaints } = await step('restore');
    expect([code, complaints]).toEqual([1, expect.stringContaining('is of PostgreSQL 99, and')]);
  });

  it.each(['dump', 'manifest.json'])('is refused when the %s is broken', async (part) => {
    writeFileSync(join(folder, newer, part), '{"half":');
    const { code, complaints } = await withAdministrator(() => step('restore'));
    expect([code, complaints]).toEqual([1, expect.stringMatching(/is broken: /)]);
  });

  it('names the backups that there are when another one is wanted', async () => {
    const { code, complaints } = await step('restore', { RESTORE_BACKUP: '20200101T000000Z' });
    expect(code).toBe(2);
    expect(complaints).toContain(
      `there is no backup 20200101T000000Z in ${folder}: ${newer}, ${older}`,
    );
    const nothing = await step('restore', { BACKUP_DIRECTORY: aFolder() });
    expect([nothing.code, nothing.complaints]).toEqual([
      1,
      expect.stringMatching(/^there is no backup in/),
    ]);
  });

  it('takes somebody’s word for an empty bus whose password nobody has here', async () => {
    rmSync(join(passwords, 'REDIS_PASSWORD_ADMIN'));
    const { code, complaints } = await step('restore');
    expect([code, complaints]).toEqual([2, expect.stringContaining('remove its keys nx:*')]);
    expect((await step('restore', { RESTORE_BUS_EMPTIED: 'true' })).code).toBe(0);
  });

  it('fails in a sentence when the bus does not let the administrator in', async () => {
    writeFileSync(join(passwords, 'REDIS_PASSWORD_ADMIN'), 'guessed');
    const { code, complaints } = await step('restore');
    expect([code, complaints]).toEqual([1, expect.stringMatching(/WRONGPASS/)]);
    expect(complaints).not.toContain('guessed');
  });
});
