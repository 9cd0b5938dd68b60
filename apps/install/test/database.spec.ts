import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import { Client } from 'pg';
import { aPlan, fileOf, run } from './a-plan.js';

/** Roles belong to the whole server, which other specs use: these have names of their own. */
const [first, second] = [`one-${process.pid}`, `two-${process.pid}`];

let database: TestDatabase;
beforeEach(async () => (database = await aDatabase()));
afterEach(async () => {
  await database.drop();
  const admin = new Client({
    connectionString: database.adminUrl.replace(/\/[^/]*$/, '/postgres'),
  });
  await admin.connect();
  for (const role of [first, second]) await admin.query(`DROP ROLE IF EXISTS "${role}"`);
  await admin.end();
});

const plan = () =>
  aPlan((each) => {
    const service = (name: string) => ({ secret: name, managed: true, database: true });
    each.services = {
      [first]: service('one'),
      [second]: service('two'),
      gateway: { ...service('gateway'), database: false },
    };
  });

const keyOf = (name: string) => `POSTGRES_PASSWORD_${name.toUpperCase().replaceAll('-', '_')}`;

function passwords(values: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'passwords-'));
  for (const [key, value] of Object.entries(values)) {
    writeFileSync(join(directory, key), `${value}\n`);
  }
  return directory;
}
const both = (password: string) =>
  passwords({ [keyOf(first)]: password, [keyOf(second)]: password });

const give = (directory: string, more: string[] = [], environment = {}) =>
  run(['database', '--plan', fileOf(plan()), '--passwords', directory, ...more], {
    ADMIN_DATABASE_URL: database.adminUrl,
    ...environment,
  });

async function as(role: string, password: string, sql: string): Promise<unknown> {
  const url = new URL(database.adminUrl);
  Object.assign(url, { username: role, password });
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('the database of an installation', () => {
  it('gets a role and a schema for each service that keeps data, and only its own', async () => {
    expect(await give(both('pw1'))).toEqual({
      code: 0,
      said: `roles and schemas: ${first}, ${second}`,
      complaints: '',
    });
    await as(first, 'pw1', 'CREATE TABLE thing (id integer)');
    expect(await as(first, 'pw1', 'SELECT current_schema() AS at')).toEqual([{ at: first }]);
    await expect(as(second, 'pw1', `SELECT * FROM "${first}".thing`)).rejects.toThrow(/permission/);
  });

  it('keeps its data however often it runs, with the passwords given last', async () => {
    await give(both('pw1'));
    await as(first, 'pw1', 'CREATE TABLE thing (id integer)');
    const again = [give(both('pw2')), give(both('pw2')), give(both('pw2'))];
    expect((await Promise.all(again)).map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await as(first, 'pw2', 'SELECT * FROM thing')).toEqual([]);
  });

  it('is reached with an address from a file', async () => {
    const directory = passwords({ url: database.adminUrl });
    const file = { ADMIN_DATABASE_URL: '', ADMIN_DATABASE_URL_FILE: join(directory, 'url') };
    expect((await give(both('pw1'), [], file)).code).toBe(0);
  });

  it('is waited for, and given up in a sentence that has no password', async () => {
    const nowhere = { ADMIN_DATABASE_URL: 'postgres://root:pw1@127.0.0.1:1/x' };
    const { code, said, complaints } = await give(both('pw1'), ['--wait', '0'], nowhere);
    expect(code).toBe(1);
    expect(complaints).toMatch(/^the database of the installation at 127\.0\.0\.1:1: not there/);
    expect(said + complaints).not.toContain('pw1');
  });
});

describe('the passwords of an installation', () => {
  it('are asked for by name, all that are missing at once', async () => {
    const { code, complaints } = await give(passwords({}), [], { ADMIN_DATABASE_URL: '' });
    expect(code).toBe(1);
    for (const key of [keyOf(first), keyOf(second), 'POSTGRES_PASSWORD']) {
      expect(complaints).toContain(`there is no password ${key}: `);
    }
  });

  it('are of use only to an account that may make roles', async () => {
    await give(both('pw1'));
    const url = new URL(database.adminUrl);
    Object.assign(url, { username: first, password: 'pw1' });
    const { code, complaints } = await give(both('pw2'), [], { ADMIN_DATABASE_URL: url.href });
    expect(code).toBe(1);
    expect(complaints).toMatch(/^the roles and schemas could not be made: .*may make roles$/s);
  });

  it.each([
    [['--wait', 'soon'], {}, /--wait is a number of seconds, not soon/],
    [[], { ADMIN_DATABASE_URL: 'mysql://db' }, /ADMIN_DATABASE_URL: must start with postgres/],
  ])('are not looked at when the command is wrong: %j %j', async (more, environment, sentence) => {
    const { code, complaints } = await give(both('pw1'), more, environment);
    expect([code, complaints]).toEqual([2, expect.stringMatching(sentence)]);
  });
});
