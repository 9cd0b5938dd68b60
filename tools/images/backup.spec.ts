import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, truncateSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import pg from 'pg';
import { freePort, nobody, start, stop, volumes, WITHIN_MS, type Started } from './started.js';

/** The PostgreSQL from npm has no pg_dump; that of Debian has, and so has the image. */
const DEBIAN = '/usr/lib/postgresql';
const programs = (existsSync(DEBIAN) ? readdirSync(DEBIAN) : [])
  .map((version) => join(DEBIAN, version, 'bin'))
  .find((folder) => ['initdb', 'pg_dump', 'psql'].every((name) => existsSync(join(folder, name))));
const withPrograms = programs ? describe : describe.skip;

/** What a table may hold that looks like the text of a dump. */
const ROWS = ['two\nlines', '\\.', 'COPY shop.thing (id) FROM stdin;', '\t', ''];

withPrograms('the programs that dump and restore the bundled PostgreSQL', () => {
  const { at, write, remove } = volumes('data', 'run', 'work', 'spare');
  let server: Started;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    const port = await freePort();
    write('password', 'of-postgres');
    write('hba', readFileSync('helm/postgres/image/pg_hba.conf', 'utf8'));
    env = {
      PATH: [programs, process.env['PATH']].join(delimiter),
      POSTGRES_PORT: String(port),
      POSTGRES_DATA: at('data', 'postgres'),
      POSTGRES_RUN: at('run'),
      POSTGRES_HBA: at('hba'),
      POSTGRES_PASSWORD_FILE: at('password'),
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'postgres',
      PGDATABASE: 'courtside',
    };
    const script = 'helm/postgres/image/start-postgres';
    server = await start(script, env, ['-c', 'listen_addresses=127.0.0.1'], 'ready to accept');
    await query(`
      CREATE ROLE shop; CREATE ROLE other; CREATE SCHEMA shop AUTHORIZATION shop;
      CREATE TABLE shop.thing (id int PRIMARY KEY, text text); ALTER TABLE shop.thing OWNER TO shop;
      CREATE TABLE shop."A (b)" (id int); GRANT SELECT ON shop.thing TO other`);
    for (const [id, text] of ROWS.entries()) {
      await query('INSERT INTO shop.thing VALUES ($1, $2)', [id, text]);
    }
  }, WITHIN_MS);
  afterAll(async () => {
    await stop(server.child, 'SIGINT');
    remove();
  });

  async function query(sql: string, values?: unknown[]): Promise<unknown[]> {
    const { PGHOST: host, PGPORT, PGUSER: user, PGDATABASE: database } = env;
    const port = Number(PGPORT);
    const client = new pg.Client({ host, port, user, database, password: 'of-postgres' });
    await client.connect();
    try {
      return (await client.query(sql, values)).rows;
    } finally {
      await client.end();
    }
  }
  const run = (program: string, more: NodeJS.ProcessEnv = {}, work = 'work') => {
    const path = resolve('helm/postgres/image', program);
    const options = { env: { ...env, ...more }, ...nobody, encoding: 'utf8' as const };
    const { status, stdout, stderr } = spawnSync(path, [at(work)], options);
    return { status, said: stdout, complaint: stderr };
  };
  const things = () => query('SELECT text FROM shop.thing ORDER BY id');
  const all = ROWS.map((text) => ({ text }));

  it('dump every schema, and count the rows of every table, whatever is in them', () => {
    const { status, said, complaint } = run('dump-postgres');
    expect([status, complaint]).toEqual([0, '']);
    expect(said).toMatch(/^dumped: \d+ bytes, 2 tables\n$/);
    expect(readFileSync(at('work', 'counts'), 'utf8').split('\n').toSorted()).toEqual(
      ['', `${ROWS.length}\tshop.thing`, '0\tshop."A (b)"'].toSorted(),
    );
    expect(readFileSync(at('work', 'contents'), 'utf8')).toMatch(/^; +dbname: courtside$/m);
  });

  it('restore what was dumped over what is there, with its owners and grants', async () => {
    write('work/before.sql', 'DROP SCHEMA IF EXISTS shop CASCADE;\n');
    await query(`DELETE FROM shop.thing WHERE id > 1; CREATE TABLE shop.later (id int)`);
    const { status, complaint } = run('restore-postgres');
    expect([status, complaint]).toEqual([0, '']);
    expect(await things()).toEqual(all);
    expect(await query(`SELECT tableowner FROM pg_tables WHERE tablename = 'thing'`)).toEqual([
      { tableowner: 'shop' },
    ]);
    expect(
      await query(`SELECT has_table_privilege('other', 'shop.thing', 'SELECT') AS may`),
    ).toEqual([{ may: true }]);
    expect(await query(`SELECT to_regclass('shop.later') AS later`)).toEqual([{ later: null }]);
  });

  it('leave the database as it is where there is no place, no password, or another one', async () => {
    const other = { POSTGRES_PASSWORD_FILE: at('other') };
    for (const program of ['dump-postgres', 'restore-postgres']) {
      expect(run(program, other)).toMatchObject({
        status: 1,
        complaint: expect.stringContaining('there is no password'),
      });
    }
    write('other', 'guessed');
    expect(run('dump-postgres', other, 'spare').complaint).toContain(
      'password authentication failed',
    );
    expect(run('restore-postgres', other).status).toBe(1);
    expect(await things()).toEqual(all);
  });

  it('leave the database as it is when a role is missing that the dump speaks of', async () => {
    await query('REVOKE ALL ON shop.thing FROM other; DROP ROLE other');
    const { status, complaint } = run('restore-postgres');
    expect([status, complaint]).toEqual([
      1,
      expect.stringContaining('role "other" does not exist'),
    ]);
    expect(complaint).toContain('the database is as it was');
    expect(await things()).toEqual(all);
    await query('CREATE ROLE other');
  });

  it('leave the database as it is when the dump ends too early', async () => {
    truncateSync(at('work', 'dump'), 2_000);
    const { status, complaint } = run('restore-postgres');
    expect([status, complaint]).toEqual([1, expect.stringContaining('the database is as it was')]);
    expect(await things()).toEqual(all);
  });
});
