import { makeKey } from '@courtside/identity';
import { SecretsInCluster } from './a-cluster.js';
import { aPlan, fileOf, run, type APlan } from './a-plan.js';

let cluster: SecretsInCluster;
beforeEach(async () => (cluster = await SecretsInCluster.start()));
afterEach(() => cluster.server.close());

const secrets = (plan?: APlan) => cluster.complete(plan);
const values = (name: string) => cluster.valuesOf(`courtside-${name}`);

describe('a Secret of the operator', () => {
  const theirs = aPlan((plan) => {
    plan.services['users'] = { secret: 'hers', managed: false, database: true };
  });
  const whole = {
    SERVICE_KEY: JSON.stringify(makeKey('users.4')),
    SERVICE_JWKS: '{"keys":[]}',
    REDIS_URL: 'redis://nx-users:pw1@courtside-redis:6379',
    DATABASE_URL: 'postgres://users:pw2@courtside-postgres:5432/courtside',
  };

  it('is only read, and believed', async () => {
    cluster.put('hers', whole);
    expect(await secrets(theirs)).toMatchObject({ code: 0, complaints: '' });
    expect(cluster.valuesOf('hers')).toEqual(whole);
    expect(cluster.writes.filter((write) => write.includes('hers'))).toEqual([]);
    expect(values('auth')['SERVICE_JWKS']).toContain('users.4');
    expect(values('redis')['REDIS_PASSWORD_USERS']).toBe('pw1');
    expect(values('postgres')['POSTGRES_PASSWORD_USERS']).toBe('pw2');
  });

  it('is told by its name and its keys when it lacks any, and is not made', async () => {
    const { code, complaints } = await secrets(theirs);
    expect(code).toBe(1);
    for (const key of Object.keys(whole)) {
      expect(complaints).toContain(`the Secret hers lacks ${key}: `);
    }
    expect(cluster.names.includes('hers')).toBe(false);
    expect(values('auth')['SERVICE_KEY']).toBeDefined();
  });

  it('is refused when a key is not what it has to be, without showing it', async () => {
    cluster.put('hers', { ...whole, SERVICE_KEY: JSON.stringify(makeKey('orders.1')) });
    const { code, complaints } = await secrets(theirs);
    expect(code).toBe(1);
    expect(complaints).toBe(
      'SERVICE_KEY in the Secret hers must be a private JWK (EC, P-256) with a kid like users.1',
    );
  });

  it('has to have the passwords that the stores know', async () => {
    cluster.put('hers', whole);
    cluster.put('courtside-redis', { REDIS_PASSWORD_USERS: 'another' });
    expect((await secrets(theirs)).complaints).toBe(
      'the password in REDIS_URL of the Secret hers is not REDIS_PASSWORD_USERS of the Secret courtside-redis',
    );
  });
});

describe('a store that is not ours', () => {
  const external = aPlan((plan) => {
    plan.bus = { url: 'rediss://redis.example:6380', secret: null, managed: true };
    plan.database = { url: 'postgres://db.example/courtside?sslmode=require', secret: null };
  });

  it('has passwords that only the operator knows: each is asked for, and the rest is made', async () => {
    const { code, complaints } = await secrets(external);
    expect(code).toBe(1);
    expect(complaints.split('\n')).toHaveLength(5);
    expect(complaints).toContain(
      'the Secret courtside-users lacks REDIS_URL: give it the address rediss://redis.example:6380 with a login, or REDIS_PASSWORD of the user nx-users',
    );
    expect(Object.keys(values('users'))).toEqual(['SERVICE_KEY', 'SERVICE_JWKS']);
    expect(cluster.names).not.toContain('courtside-redis');
  });

  it('gets addresses with the passwords that are in the Secrets of services', async () => {
    const login = { REDIS_PASSWORD: 'bus', DATABASE_PASSWORD: 'p@s' };
    for (const name of ['auth', 'users']) cluster.put(`courtside-${name}`, login);
    cluster.put('courtside-gateway', { REDIS_URL: 'rediss://default:pw3@redis.example:6380' });
    expect(await secrets(external)).toMatchObject({ code: 0, complaints: '' });
    expect(values('users')).toMatchObject({
      REDIS_URL: 'rediss://nx-users:bus@redis.example:6380',
      DATABASE_URL: 'postgres://users:p%40s@db.example/courtside?sslmode=require',
      ...login,
    });
    expect(values('gateway')['REDIS_URL']).toBe('rediss://default:pw3@redis.example:6380');
  });

  it('may have a Secret of the operator for all its passwords, which is only read', async () => {
    const theirs = aPlan((plan) => {
      plan.bus = { url: 'rediss://redis.example:6380', secret: 'her-redis', managed: false };
    });
    const passwords = { REDIS_PASSWORD_GATEWAY: 'pw1', REDIS_PASSWORD_AUTH: 'pw2' };
    cluster.put('her-redis', passwords);
    expect(await secrets(theirs)).toMatchObject({
      code: 1,
      complaints:
        'the Secret courtside-users lacks REDIS_URL: give it the address rediss://redis.example:6380 with a login, or the Secret her-redis REDIS_PASSWORD_USERS of the user nx-users',
    });
    expect(cluster.valuesOf('her-redis')).toEqual(passwords);
    cluster.put('her-redis', { REDIS_PASSWORD_USERS: 'pw3' });
    expect((await secrets(theirs)).code).toBe(0);
    expect(values('users')['REDIS_URL']).toBe('rediss://nx-users:pw3@redis.example:6380');
  });

  it('that was ours before keeps the passwords', async () => {
    await secrets(aPlan());
    const password = values('redis')['REDIS_PASSWORD_USERS'];
    expect((await secrets(external)).code).toBe(0);
    expect(values('users')['REDIS_URL']).toBe(`rediss://nx-users:${password}@redis.example:6380`);
  });
});

describe('wrong input', () => {
  it.each([
    ['nothing', [], /no command was given[^]*Usage: install COMMAND/],
    ['an unknown command', ['secret'], /there is no secret/],
    ['no plan', ['secrets'], /--plan is missing[^]*Usage: install secrets/],
    ['an unknown option', ['secrets', '--force'], /--force[^]*Usage: install secrets/],
    ['no such file', ['secrets', '--plan', '/nowhere'], /the plan cannot be read: .*\/nowhere/],
    ['no JSON', ['secrets', '--plan', fileOf('{')], /the plan cannot be read/],
  ])('of %s is refused with the help', async (_what, args, sentence) => {
    expect(await run(args)).toEqual({
      code: 2,
      said: '',
      complaints: expect.stringMatching(sentence),
    });
    expect(cluster.server.requests).toEqual([]);
  });

  it('in a plan is told all at once', async () => {
    const plan = aPlan((each) => {
      each.namespace = 'Shop';
      each.bus.url = 'redis://me:pw1@redis';
      Object.assign(each, { colour: 'red' });
      Object.assign(each.services['users'] ?? {}, { managed: 'yes' });
    });
    const { code, complaints } = await secrets(plan);
    expect(code).toBe(2);
    for (const part of ['namespace: ', 'bus.url: must have no user', 'colour', 'users.managed: ']) {
      expect(complaints).toContain(part);
    }
    expect(complaints).not.toContain('me:pw1');
    const doubled = aPlan((each) => (each.bus.secret = 'courtside-auth'));
    expect((await secrets(doubled)).complaints).toContain('courtside-auth is named for more than');
  });

  it('needs no cluster to be told how it is used', async () => {
    const commands = ['secrets', 'database', 'backup', 'backups', 'restore', 'restored', 'journey'];
    for (const command of commands) {
      const { code, said } = await run([command, '--help']);
      expect([code, said]).toEqual([0, expect.stringContaining(`Usage: install ${command}`)]);
    }
    const { said } = await run(['--help']);
    for (const command of commands) expect(said).toMatch(new RegExp(`^  ${command} `, 'm'));
  });
});
