import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { Desk, whileTaken } from './fixtures/launcher';
import { isAlive } from './processes.mjs';

jest.setTimeout(120_000);

const desk = new Desk();
afterAll(() => desk.clear());

const pidIn = (...path: string[]) =>
  Number.parseInt(readFileSync(join(desk.folder, ...path), 'utf8'), 10);
const serversOf = (state: string) => [
  pidIn(state, 'postgres', 'data', 'postmaster.pid'),
  pidIn(state, 'redis', 'redis.pid'),
];

async function asService<T>(url: string | undefined, work: (client: Client) => Promise<T>) {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function onBus<T>(url: string | undefined, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url ?? '', { disableClientInfo: true });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

describe('npm start', () => {
  it('brings up servers and apps, names the addresses and logins, and ends within 3 s of Ctrl-C', async () => {
    const launcher = await (await desk.start('plain')).ready();
    const servers = serversOf('plain');
    const { names } = await launcher.seen();
    expect(names).toEqual(['gateway', 'auth', 'users', 'products', 'orders', 'time']);
    for (const line of [`http://localhost:${launcher.port}/docs`, 'admin a', 'user a']) {
      expect(launcher.output).toContain(line);
    }

    const since = Date.now();
    expect(await launcher.end('SIGINT')).toBe(0);
    expect(Date.now() - since).toBeLessThan(3_000);
    expect(servers.map(isAlive)).toEqual([false, false]);
  });

  it('gives each service a role that sees no other schema, and the administrator to none', async () => {
    const launcher = await (await desk.start('roles')).ready();
    const { environments } = await launcher.seen();
    const { users, orders, time } = environments;
    await asService(users?.['DATABASE_URL'], (client) => client.query('CREATE TABLE t (a int)'));
    const refused = asService(orders?.['DATABASE_URL'], (client) =>
      client.query('SELECT * FROM users.t'),
    );
    await expect(refused).rejects.toThrow('permission denied for schema users');
    expect(time?.['DATABASE_URL']).toBeUndefined();
    await launcher.end('SIGINT');
  });

  it('[3.5] gives each service a user of the bus that may do what topology.yaml says, and nothing else', async () => {
    const launcher = await (await desk.start('users')).ready();
    expect(launcher.output).toContain('roles and schemas, a user of the bus per service');
    const { environments } = await launcher.seen();
    const urls = Object.values(environments).map((env) => new URL(env['REDIS_URL'] ?? ''));
    expect(urls.map(({ username }) => username)).toEqual(
      Object.keys(environments).map((name) => `nx-${name}`),
    );
    expect(new Set(urls.map(({ password }) => password)).size).toBe(urls.length);
    const admin = readFileSync(join(desk.folder, 'users', 'redis', 'password'), 'utf8');
    expect(JSON.stringify(environments)).not.toContain(admin);

    const own = 'nx:{products.0}:q';
    await onBus(environments['orders']?.['REDIS_URL'], async (redis) => {
      expect(await redis.xadd(own, '*', 'h', '{}', 'd', '{}')).toMatch(/-0$/);
      const denied = /^NOPERM/;
      await expect(redis.xadd('nx:{users.0}:q', '*', 'h', '{}')).rejects.toThrow(denied);
      await expect(redis.xrange(own, '-', '+')).rejects.toThrow(denied);
      await expect(redis.flushall()).rejects.toThrow(denied);
    });
    await launcher.end('SIGINT');
  });

  it('says where it runs already when it is started twice', async () => {
    const first = await (await desk.start('twice')).ready();
    const second = await desk.start('twice');
    expect(await second.ended).toBe(0);
    expect(second.output).toBe(`already running at http://localhost:${first.port}\n`);
    await first.end('SIGINT');
  });

  it('finds what a killed launcher left', async () => {
    const killed = await (await desk.start('killed')).ready();
    const left = serversOf('killed');
    const { environments } = await killed.seen();
    await killed.end('SIGKILL');
    expect(left.map(isAlive)).toEqual([true, true]);
    const busUrl = environments['orders']?.['REDIS_URL'];
    const asAdmin = new URL(busUrl ?? '');
    asAdmin.username = '';
    asAdmin.password = readFileSync(join(desk.folder, 'killed', 'redis', 'password'), 'utf8');
    await onBus(asAdmin.href, (redis) => redis.call('ACL', 'SETUSER', 'nx-orders', 'allcommands'));

    const next = await (await desk.start('killed')).ready();
    expect(next.output).toContain('found running');
    expect(serversOf('killed')).toEqual(left);
    // Who was given too much meanwhile is back at its own rights, under the password it had.
    expect((await next.seen()).environments['orders']?.['REDIS_URL']).toBe(busUrl);
    await onBus(busUrl, (redis) => expect(redis.flushall()).rejects.toThrow(/^NOPERM/));
    await next.end('SIGINT');
    expect(left.map(isAlive)).toEqual([false, false]);
  });

  it('keeps the data when the servers were killed too', async () => {
    const killed = await (await desk.start('crashed')).ready();
    const { environments } = await killed.seen();
    await asService(environments['users']?.['DATABASE_URL'], (client) =>
      // On a laptop a commit is not waited for unless it is asked for.
      client.query('SET synchronous_commit = on; CREATE TABLE kept AS SELECT 1 AS a'),
    );
    await killed.end('SIGKILL');
    for (const pid of serversOf('crashed')) process.kill(pid, 'SIGKILL');

    const next = await (await desk.start('crashed')).ready();
    const seen = await next.seen();
    const { rows } = await asService(seen.environments['users']?.['DATABASE_URL'], (client) =>
      client.query('SELECT a FROM kept'),
    );
    expect(rows).toEqual([{ a: 1 }]);
    await next.end('SIGINT');
  });

  it('moves its servers aside when 5432, 6379, 9001 and 3000 are taken', async () => {
    await whileTaken([5432, 6379, 9001, 3000], async () => {
      const launcher = await (await desk.start('crowded')).ready();
      const { ports } = JSON.parse(readFileSync(join(desk.folder, 'crowded/state.json'), 'utf8'));
      expect([5432, 6379, 9001]).not.toContain([ports.postgres, ports.redis, ports.admin]);
      await launcher.end('SIGINT');

      const again = await (await desk.start('crowded')).ready();
      const later = JSON.parse(readFileSync(join(desk.folder, 'crowded/state.json'), 'utf8'));
      expect(later.ports).toEqual(ports);
      await again.end('SIGINT');
    });
  });

  it('never moves the door: a taken port is refused with the one who holds it', async () => {
    const holder = await (await desk.start('holder')).ready();
    const late = desk.run('late', ['--port', String(holder.port)]);
    expect(await late.ended).toBe(1);
    expect(late.output).toMatch(
      new RegExp(
        `Port ${holder.port} is taken by process \\d+ \\(.*stand-in-apps.*npm start -- --port`,
      ),
    );
    await holder.end('SIGINT');
  });

  it('stands beside another one, works in a folder of mode 700 and tells its secrets to no one', async () => {
    const one = await (await desk.start('one')).ready();
    const other = await (await desk.start('other')).ready();
    expect(serversOf('one')).not.toEqual(serversOf('other'));
    expect(statSync(desk.folder).mode & 0o777).toBe(0o700);
    const secrets = ['passwords.json', 'state.json', 'redis/redis.conf', 'keys/token-keys.json'];
    const modes = secrets.map((name) => statSync(join(desk.folder, 'one', name)).mode & 0o777);
    expect(modes).toEqual(secrets.map(() => 0o600));
    await Promise.all([one.end('SIGINT'), other.end('SIGINT')]);
  });

  it('runs each app in a process of its own with --split', async () => {
    const launcher = await (await desk.start('split', ['--split'])).ready();
    expect((await launcher.seen()).names).toEqual(['gateway']);
    expect(launcher.output).toContain('a process each');
    expect(await launcher.end('SIGTERM')).toBe(0);
  });

  it('starts only what APPS names', async () => {
    const launcher = await desk.start('few', ['--no-seed'], { APPS: 'gateway,time' });
    const { names, environments } = await (await launcher.ready()).seen();
    expect([names, environments['time']?.['DEMO']]).toEqual([['gateway', 'time'], 'false']);
    expect(launcher.output).not.toContain('admin a');
    await launcher.end('SIGINT');
  });

  it('starts no servers when both are given', async () => {
    const host = await (await desk.start('host')).ready();
    const { ports } = JSON.parse(readFileSync(join(desk.folder, 'host', 'state.json'), 'utf8'));
    const secret = (...path: string[]) => readFileSync(join(desk.folder, 'host', ...path), 'utf8');
    const given = {
      DATABASE_URL: `postgres://postgres:${secret('postgres', 'password')}@127.0.0.1:${ports.postgres}/courtside`,
      REDIS_URL: `redis://:${secret('redis', 'password')}@127.0.0.1:${ports.redis}`,
      BUS_PREFIX: 'guest',
    };
    const guest = await (await desk.start('guest', [], given)).ready();
    const { environments } = await guest.seen();
    expect(environments['time']?.['REDIS_URL']).toMatch(/^redis:\/\/guest-time:/);
    expect(JSON.stringify(environments)).not.toContain(secret('redis', 'password'));
    expect(readdirSync(join(desk.folder, 'guest')).sort()).toEqual([
      'keys',
      'launcher.json',
      'passwords.json',
      'state.json',
    ]);
    await Promise.all([guest.end('SIGINT'), host.end('SIGINT')]);
  });

  it('uses a given Redis as it is where it may make no users there, and says so', async () => {
    const host = await (await desk.start('owner')).ready();
    const { environments } = await host.seen();
    const given = { REDIS_URL: environments['time']?.['REDIS_URL'] };
    const guest = await (await desk.start('lodger', [], given)).ready();
    expect(guest.output).toContain('roles and schemas, no users of the bus');
    expect(guest.output).toContain('The user of REDIS_URL may not make others, so all apps share');
    const seen = await guest.seen();
    expect(seen.environments['orders']?.['REDIS_URL']).toBe(given.REDIS_URL);
    await Promise.all([guest.end('SIGINT'), host.end('SIGINT')]);
  });

  it('refuses the public passwords of the demo in production', async () => {
    const launcher = await desk.start('production', [], { NODE_ENV: 'production' });
    expect(await launcher.ended).toBe(2);
    expect(launcher.output).toContain('refused with NODE_ENV=production: add --no-seed');
  });
});

describe('npm start without a Redis', () => {
  const programs = mkdtempSync(join(tmpdir(), 'courtside-programs-'));
  const cache = mkdtempSync(join(tmpdir(), 'courtside-cache-'));
  symlinkSync('/bin/cp', join(programs, 'cp'));
  afterAll(() => {
    for (const folder of [programs, cache]) rmSync(folder, { recursive: true });
  });
  /** No server on PATH, none fetched before, and no pip to fetch one. */
  const alone = { PATH: programs, COURTSIDE_CACHE: cache, VALKEY_BIN: '', REDIS_URL: '' };

  it('keeps messages in the process and says so', async () => {
    const launcher = await (await desk.start('alone', [], alone)).ready();
    expect((await launcher.seen()).environments['time']?.['REDIS_URL']).toBe('memory:');
    expect(launcher.output).toContain('Without a Redis messages live in memory');
    await launcher.end('SIGINT');
  });

  it('cannot split the apps, and says what to install', async () => {
    const launcher = await desk.start('alone', ['--split'], alone);
    expect(await launcher.ended).toBe(1);
    expect(launcher.output).toContain('--split needs a Redis');
    expect(launcher.output).toContain('install redis-server 7.0+');
  });
});

describe('npm run stop, reset and doctor', () => {
  it('stop what runs, once', async () => {
    const launcher = await (await desk.start('stopped')).ready();
    const stop = desk.run('stopped', ['stop']);
    expect([await stop.ended, await launcher.ended]).toEqual([0, 0]);
    expect(stop.output).toBe(`stopped what ran at http://localhost:${launcher.port}\n`);
    const again = desk.run('stopped', ['stop']);
    await again.ended;
    expect(again.output).toBe('nothing was running\n');
  });

  it('remove the data and say what went', async () => {
    const launcher = await (await desk.start('removed')).ready();
    const reset = desk.run('removed', ['reset']);
    expect([await reset.ended, await launcher.ended]).toEqual([0, 0]);
    expect(reset.output).toContain(`removed ${join(desk.folder, 'removed', 'keys')}`);
    expect(existsSync(join(desk.folder, 'removed'))).toBe(false);
  });

  it('tell which servers are used and why', async () => {
    const doctor = desk.run('never-started', ['doctor']);
    expect(await doctor.ended).toBe(0);
    expect(doctor.output).toMatch(/✓ PostgreSQL 18\.\d+, since DATABASE_URL is not set/);
    expect(doctor.output).toMatch(/[✓!] .*(Redis|Valkey)/);
  });

  it('fail when something is missing that is needed', async () => {
    const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
    const doctor = desk.run('never-started', ['doctor'], { DATABASE_URL });
    expect(await doctor.ended).toBe(1);
    expect(doctor.output).toContain('✗ PostgreSQL at 127.0.0.1:1, since DATABASE_URL names it');
  });
});
