import { createPublicKey } from 'node:crypto';
import { publicJwk, makeKey, serviceKey, signingKeys, verificationKeys } from '@courtside/identity';
import { ApiStatus } from '@courtside/testing';
import { SecretsInCluster } from './a-cluster.js';
import { aPlan, type APlan } from './a-plan.js';

let cluster: SecretsInCluster;
beforeEach(async () => (cluster = await SecretsInCluster.start()));
afterEach(() => cluster.server.close());

const secrets = (plan?: APlan) => cluster.complete(plan);
const values = (name: string) => cluster.valuesOf(`courtside-${name}`);
const kids = (jwks: string | undefined) =>
  (JSON.parse(jwks ?? '{}') as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

describe('the secrets of an installation', () => {
  it('are made from nothing: keys, passwords, addresses and who signs in first', async () => {
    const { code, said } = await secrets();
    expect(code).toBe(0);
    expect(said).toContain('courtside-auth: made SERVICE_KEY, TOKEN_KEYS, SERVICE_JWKS, REDIS_URL');
    const [gateway, auth, users] = [values('gateway'), values('auth'), values('users')];
    expect(serviceKey('users')(users['SERVICE_KEY'] ?? '').kid).toBe('users.1');
    for (const { SERVICE_JWKS = '' } of [gateway, auth, users]) {
      expect([...verificationKeys(SERVICE_JWKS).keys()]).toEqual([
        'gateway.1',
        'auth.1',
        'users.1',
      ]);
      expect(SERVICE_JWKS).not.toContain('"d"');
    }
    const [signing] = signingKeys(auth['TOKEN_KEYS'] ?? '');
    const verifying = verificationKeys(gateway['TOKEN_JWKS'] ?? '').get(signing.kid);
    expect(createPublicKey(signing.key as never).equals(verifying!)).toBe(true);
    const passwords = { ...values('redis'), ...values('postgres') };
    expect(Object.keys(passwords).sort()).toEqual([
      'POSTGRES_PASSWORD',
      'POSTGRES_PASSWORD_AUTH',
      'POSTGRES_PASSWORD_USERS',
      'REDIS_PASSWORD_ADMIN',
      'REDIS_PASSWORD_AUTH',
      'REDIS_PASSWORD_GATEWAY',
      'REDIS_PASSWORD_OPERATOR',
      'REDIS_PASSWORD_USERS',
    ]);
    expect(new Set(Object.values(passwords)).size).toBe(8);
    expect(users['REDIS_URL']).toBe(
      `redis://nx-users:${passwords['REDIS_PASSWORD_USERS']}@courtside-redis:6379`,
    );
    expect(users['DATABASE_URL']).toBe(
      `postgres://users:${passwords['POSTGRES_PASSWORD_USERS']}@courtside-postgres:5432/courtside`,
    );
    expect(Object.keys(gateway)).not.toContain('DATABASE_URL');
    const { username, password } = values('first-admin');
    expect([username, password]).toEqual(['admin', expect.stringMatching(/^[^0O1lI]{24}$/)]);
  });

  it('stay when the release goes, and carry the labels of the plan', async () => {
    await secrets();
    for (const { metadata } of cluster.server.store.list('v1/secrets/shop')) {
      expect(metadata).toMatchObject({
        annotations: { 'helm.sh/resource-policy': 'keep' },
        labels: { 'app.kubernetes.io/part-of': 'courtside' },
      });
    }
  });

  it('do not change by a byte however often it runs', async () => {
    await secrets();
    const before = cluster.everything;
    const writes = cluster.writes.length;
    for (let time = 0; time < 10; time++) expect((await secrets()).code).toBe(0);
    expect(cluster.everything).toBe(before);
    expect(cluster.writes).toHaveLength(writes);
  });

  it('are never told', async () => {
    const { said } = await secrets();
    const all = cluster.names.flatMap((name) => Object.values(cluster.valuesOf(name)));
    for (const value of all.filter((each) => each !== 'admin')) expect(said).not.toContain(value);
  });

  it('leave what a person made, and complete it', async () => {
    const key = JSON.stringify(makeKey('users.7'));
    cluster.put('courtside-users', { SERVICE_KEY: key, NOTE: 'mine' });
    cluster.put('courtside-first-admin', { username: 'olga' });
    cluster.put('courtside-redis', { REDIS_PASSWORD_USERS: 'of a person' });
    expect((await secrets()).code).toBe(0);
    expect(values('users')).toMatchObject({ SERVICE_KEY: key, NOTE: 'mine' });
    expect(values('users')['REDIS_URL']).toContain('nx-users:of%20a%20person@');
    expect(kids(values('auth')['SERVICE_JWKS'])).toContain('users.7');
    expect(values('first-admin')).toMatchObject({ username: 'olga', password: expect.any(String) });
  });

  it('keep an address that a person wrote, and give its password to the store', async () => {
    const mine = 'redis://nx-users:hers@elsewhere:7000/2';
    cluster.put('courtside-users', { REDIS_URL: mine });
    await secrets();
    await secrets(aPlan((plan) => (plan.bus.url = 'rediss://other:6380')));
    expect(values('users')['REDIS_URL']).toBe(mine);
    expect(values('redis')['REDIS_PASSWORD_USERS']).toBe('hers');
  });

  it('follow the address of a store, with the same password', async () => {
    await secrets();
    const before = values('users');
    const address = 'rediss+sentinel://one:26379,two:26379/main';
    const moved = aPlan((plan) => {
      plan.bus.url = address;
      plan.database.url = 'postgres://other/courtside?sslmode=require';
    });
    expect((await secrets(moved)).code).toBe(0);
    const after = values('users');
    const password = values('redis')['REDIS_PASSWORD_USERS'];
    expect(after['REDIS_URL']).toBe(address.replace('://', `://nx-users:${password}@`));
    expect(after['DATABASE_URL']).toBe(
      before['DATABASE_URL']
        ?.replace('courtside-postgres:5432', 'other')
        .concat('?sslmode=require'),
    );
    expect({ ...after, REDIS_URL: '', DATABASE_URL: '' }).toEqual({
      ...before,
      REDIS_URL: '',
      DATABASE_URL: '',
    });
  });

  it('take a password that was changed at its store into the address', async () => {
    await secrets();
    cluster.put('courtside-redis', { ...values('redis'), REDIS_PASSWORD_USERS: 'fresh' });
    expect((await secrets()).code).toBe(0);
    expect(values('users')['REDIS_URL']).toBe('redis://nx-users:fresh@courtside-redis:6379');
  });

  it('get the keys of a service that comes later, and keep those of a rotation', async () => {
    await secrets();
    const next = publicJwk(makeKey('users.2'));
    const jwks = JSON.parse(values('auth')['SERVICE_JWKS'] ?? '') as { keys: object[] };
    cluster.put('courtside-auth', {
      ...values('auth'),
      SERVICE_JWKS: JSON.stringify({ keys: [...jwks.keys, next] }),
    });
    const before = values('users');
    const more = aPlan((plan) => {
      plan.services['orders'] = { secret: 'courtside-orders', managed: true, database: true };
    });
    expect((await secrets(more)).code).toBe(0);
    const names = ['gateway.1', 'auth.1', 'users.1'];
    expect(kids(values('auth')['SERVICE_JWKS'])).toEqual([...names, 'users.2', 'orders.1']);
    expect(kids(values('users')['SERVICE_JWKS'])).toEqual([...names, 'orders.1']);
    expect(values('users')['SERVICE_KEY']).toBe(before['SERVICE_KEY']);
    expect(values('orders')['DATABASE_URL']).toContain('postgres://orders:');
  });

  it('put a new key in the place of a lost one', async () => {
    await secrets();
    cluster.remove('courtside-users');
    await secrets();
    const { kid } = serviceKey('users')(values('users')['SERVICE_KEY'] ?? '');
    const own = JSON.parse(values('users')['SERVICE_KEY'] ?? '') as { x: string };
    expect(kid).toBe('users.1');
    expect(values('auth')['SERVICE_JWKS']).toContain(own.x);
    expect(kids(values('auth')['SERVICE_JWKS'])).toHaveLength(3);
  });
});

describe('two that make the secrets at once', () => {
  it('agree on every byte', async () => {
    const codes = await Promise.all([secrets(), secrets(), secrets()]);
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0]);
    const before = cluster.everything;
    await secrets();
    expect(cluster.everything).toBe(before);
    const password = values('redis')['REDIS_PASSWORD_USERS'];
    expect(values('users')['REDIS_URL']).toContain(`:${password}@`);
  });

  it('never replace what came between reading and writing', async () => {
    const key = JSON.stringify(makeKey('users.9'));
    cluster.put('courtside-users', { NOTE: 'first' });
    cluster.beforeWrites((path) => {
      if (!path.endsWith('/courtside-users')) return;
      cluster.put('courtside-users', { SERVICE_KEY: key });
      cluster.calm();
    });
    expect((await secrets()).code).toBe(0);
    expect(values('users')).toMatchObject({ SERVICE_KEY: key, NOTE: 'first' });
  });
});

describe('a run that ends in the middle', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'is finished by the next one, whose keys are the same (after %i writes)',
    async (writesMax) => {
      let writes = 0;
      const ended = new ApiStatus(503, 'it ended here');
      cluster.beforeWrites(() => (++writes > writesMax ? ended : undefined));
      const { code, complaints } = await secrets();
      expect([code, complaints]).toEqual([1, expect.stringMatching(/^the Secret .* cannot be /)]);
      const kept = cluster.names.map((name) => [name, cluster.valuesOf(name)] as const);
      cluster.calm();
      expect((await secrets()).code).toBe(0);
      for (const [name, before] of kept) expect(cluster.valuesOf(name)).toMatchObject(before);
    },
  );

  it('says what the API server refused, without what it was sent', async () => {
    cluster.beforeWrites(() => new ApiStatus(500, 'it does not work'));
    const { code, complaints } = await secrets();
    expect(code).toBe(1);
    expect(complaints).toBe('the Secret courtside-gateway cannot be made: 500 it does not work');
  });
});
