import { chmodSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { delimiter } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { postgresBinaries } from '../local/postgres-binaries.mjs';
import { freePort, refusal, start, stop, volumes, WITHIN_MS } from './started.js';

const program = process.env['TEST_REDIS_PROGRAM'];
const withRedis = program ? describe : describe.skip;

withRedis('the bundled Redis', () => {
  const script = 'helm/redis/image/start-redis';
  const list = [
    'user admin on >${REDIS_PASSWORD_ADMIN} ~* &* +@all',
    'user nx-time on >${REDIS_PASSWORD_TIME} resetkeys resetchannels -@all +ping +get ~nx:{time}',
  ];
  const { at, write, remove } = volumes('data', 'run', 'passwords', 'bin');
  let port: number;
  let env: NodeJS.ProcessEnv;
  const run = () => start(script, env, ['--bind', '127.0.0.1'], 'eady to accept connections');
  const as = (username?: string, password?: string) => {
    const options = { port, username, password, lazyConnect: true, enableReadyCheck: false };
    // A refusal is what the commands answer; without a listener it would be printed too.
    return new Redis({ ...options, retryStrategy: () => null }).on('error', () => undefined);
  };

  beforeAll(async () => {
    port = await freePort();
    symlinkSync(program ?? '', at('bin', 'redis-server'));
    env = {
      PATH: [at('bin'), process.env['PATH']].join(delimiter),
      REDIS_PORT: String(port),
      REDIS_ACL_TEMPLATE: at('users.acl'),
      REDIS_PASSWORDS: at('passwords'),
      REDIS_DATA: at('data'),
      REDIS_RUN: at('run'),
    };
  });
  beforeEach(() => {
    write('users.acl', `${list.join('\n')}\n`);
    write('passwords/REDIS_PASSWORD_ADMIN', 'of & /admin\n');
    write('passwords/REDIS_PASSWORD_TIME', 'of-time');
  });
  afterAll(remove);

  it('knows the users of the list by the passwords of the files, and keeps none of these', async () => {
    const { child, output } = await run();
    expect(output).toContain('eady to accept');
    const [admin, time, other] = [
      as('admin', 'of & /admin'),
      as('nx-time', 'of-time'),
      as('nx-time', 'x'),
    ];
    expect(await admin.config('GET', 'maxmemory-policy')).toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    expect(await admin.config('GET', 'appendonly')).toEqual(['appendonly', 'yes']);
    await expect(time.set('nx:{time}', '1')).rejects.toThrow('NOPERM');
    await expect(other.ping()).rejects.toThrow('WRONGPASS');
    for (const client of [admin, time, other]) client.disconnect();
    const written = readFileSync(at('run', 'users.acl'), 'utf8');
    expect(written).not.toMatch(/of-time|of & /);
    expect(statSync(at('run', 'users.acl')).mode & 0o777).toBe(0o600);
    expect(await stop(child, 'SIGTERM')).toBe(0);
  });

  it('lets probes ask whether it answers, nothing else, and nobody in without a name', async () => {
    const { child } = await run();
    const [health, anyone] = [as('health', 'none'), as()];
    expect(await health.ping()).toBe('PONG');
    await expect(health.get('x')).rejects.toThrow('NOPERM');
    await expect(anyone.ping()).rejects.toThrow('NOAUTH');
    for (const client of [health, anyone]) client.disconnect();
    await stop(child, 'SIGTERM');
  });

  it('has after a restart what it had before', async () => {
    const first = await run();
    const before = as('admin', 'of & /admin');
    await before.set('kept', 'yes');
    // What a script writes is one transaction in the append-only file.
    await before.eval(`redis.call('SET', 'one', 1) redis.call('SET', 'other', 2)`, 0);
    before.disconnect();
    await stop(first.child, 'SIGTERM');
    const second = await run();
    const after = as('admin', 'of & /admin');
    expect(await after.mget('kept', 'one', 'other')).toEqual(['yes', '1', '2']);
    after.disconnect();
    await stop(second.child, 'SIGTERM');
  });

  it('does not start without a password, and names it', () => {
    rmSync(at('passwords', 'REDIS_PASSWORD_TIME'));
    const said = `Redis does not start: ${at('users.acl')} asks for REDIS_PASSWORD_TIME, and ${at('passwords', 'REDIS_PASSWORD_TIME')} is not there`;
    expect(refusal(script, env)).toEqual([1, said]);
    write('passwords/REDIS_PASSWORD_TIME', '');
    expect(refusal(script, env)[1]).toContain('is empty');
  });

  it('does not start with a list that lets anyone in, or that it does not understand', () => {
    write('users.acl', 'user default on nopass ~* &* +@all\n');
    expect(refusal(script, env)).toEqual([1, expect.stringContaining('lets in the default user')]);
    write('users.acl', 'user a on >x${REDIS_PASSWORD_TIME}\n');
    expect(refusal(script, env)).toEqual([1, expect.stringContaining('a placeholder that is no')]);
    rmSync(at('users.acl'));
    expect(refusal(script, env)).toEqual([1, expect.stringContaining('there is no access list')]);
  });
});

describe('the bundled PostgreSQL', () => {
  const script = 'helm/postgres/image/start-postgres';
  const { at, write, remove } = volumes('data', 'run');
  let port: number;
  let env: NodeJS.ProcessEnv;
  const run = () =>
    start(script, env, ['-c', 'listen_addresses=127.0.0.1'], 'ready to accept connections');
  const client = (password: string, database = 'courtside') =>
    new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database });

  beforeAll(async () => {
    port = await freePort();
    const { directory } = await postgresBinaries();
    write('hba', readFileSync('helm/postgres/image/pg_hba.conf', 'utf8'));
    env = {
      PATH: [directory, process.env['PATH']].join(delimiter),
      POSTGRES_PORT: String(port),
      POSTGRES_DATA: at('data', 'postgres'),
      POSTGRES_RUN: at('run'),
      POSTGRES_HBA: at('hba'),
      POSTGRES_PASSWORD_FILE: at('password'),
    };
  });
  afterAll(remove);

  it('does not start without a password of its superuser, and makes nothing then', () => {
    expect(refusal(script, env)).toEqual([1, expect.stringContaining('there is no password')]);
    write('password', '');
    expect(refusal(script, env)).toEqual([1, expect.stringContaining('is empty')]);
    write('password', 'of-postgres');
    const odd = { ...env, POSTGRES_DATABASE: 'a; DROP' };
    expect(refusal(script, odd)).toEqual([1, expect.stringContaining("is 'a; DROP'")]);
  });

  it(
    'makes its database once, for who knows the password, and keeps it over a restart',
    async () => {
      const first = await run();
      const before = client('of-postgres');
      await before.connect();
      const { rows } = await before.query('SHOW data_checksums');
      expect(rows).toEqual([{ data_checksums: 'on' }]);
      await before.query('CREATE TABLE kept (id int)');
      // Somebody who is connected does not hold up a fast shutdown.
      before.on('error', () => undefined);
      expect(await stop(first.child, 'SIGINT')).toBe(0);
      // As a volume's fsGroup leaves it.
      chmodSync(at('data', 'postgres'), 0o770);
      const second = await run();
      const after = client('of-postgres');
      await after.connect();
      await after.query('SELECT * FROM kept');
      await after.end();
      await expect(client('guessed').connect()).rejects.toThrow('password authentication failed');
      await stop(second.child, 'SIGINT');
    },
    WITHIN_MS,
  );

  it('does not touch the data of another major version', () => {
    write('data/postgres/PG_VERSION', '9\n');
    expect(refusal(script, env)).toEqual([
      1,
      expect.stringContaining('is of PostgreSQL 9 and this'),
    ]);
  });
});
