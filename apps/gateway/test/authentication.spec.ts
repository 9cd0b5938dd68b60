import { createHmac, createPublicKey } from 'node:crypto';
import { ACCESS_CHANGED } from '@courtside/contracts';
import { signJws } from '@courtside/identity';
import { Bus } from '@courtside/service';
import { anAdmin, aUser, eventually, jwkPair } from '@courtside/testing';
import { aGateway, claimsOf, type TestGateway } from './a-gateway.js';
import { asked, seen, sessions } from './fake-services.js';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const TIME = 'GET /api/v1/time';

describe('authentication at the edge', () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await aGateway()));
  afterAll(() => gateway.close());

  it('[4.2] refuses every forged, foreign, expired or ended token with 401', async () => {
    const user = anAdmin();
    const token = gateway.signIn(user);
    const claims = claimsOf(user);
    const { key, kid } = gateway.tokenKey;
    const pem = createPublicKey(key).export({ type: 'spki', format: 'pem' });
    const [head = '', payload = '', signature = ''] = token.split('.');
    const sign = (more: object, typ = 'at+jwt') =>
      signJws(typ, { ...claims, ...more }, gateway.tokenKey);
    const hmac = (alg: string, secret: string) => {
      const content = `${encoded({ alg, typ: 'at+jwt', kid })}.${payload}`;
      const digest = createHmac(alg.replace('HS', 'sha'), secret).update(content);
      return `${content}.${digest.digest('base64url')}`;
    };
    const unsigned = (header: object) =>
      `${encoded({ typ: 'at+jwt', kid, ...header })}.${payload}.`;
    const withHeader = (header: object) =>
      `${encoded({ alg: 'ES256', typ: 'at+jwt', kid, ...header })}.${payload}.${signature}`;
    const other = jwkPair('token.1').open;
    const foreign = jwkPair('token.9');
    const forged = {
      ...Object.fromEntries(
        ['none', 'None', 'NONE', 'nOnE', '', 'HS256'].map((alg) => [
          `alg ${alg}`,
          unsigned({ alg }),
        ]),
      ),
      'the public key as a secret': hmac('HS256', pem.toString()),
      'the public key as a longer secret': hmac('HS512', pem.toString().trim()),
      'an empty secret': hmac('HS256', ''),
      'a changed payload': `${head}.${encoded({ ...claims, sub: aUser().userId })}.${signature}`,
      'a cut signature': token.slice(0, -6),
      'no signature': `${head}.${payload}.`,
      'a zero signature': `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      'a key in the header': withHeader({ jwk: other }),
      'an address of keys': withHeader({ jku: 'https://evil.example/jwks' }),
      'an unknown kid': withHeader({ kid: '../../dev/null' }),
      'a kid that is no text': withHeader({ kid: ['token.1'] }),
      'a critical extension': withHeader({ crit: ['exp'] }),
      'an unknown key': signJws('at+jwt', claims, {
        ...gateway.tokenKey,
        kid: String(foreign.open['kid']),
      }),
      'another kind of token': sign({}, 'JWT'),
      'a token between services': sign({}, 'assertion+jwt'),
      'another issuer': sign({ iss: 'elsewhere' }),
      'another audience': sign({ aud: 'elsewhere' }),
      'an expired one': sign({ exp: Math.floor(Date.now() / 1_000) - 1 }),
      'one for later': sign({ nbf: Math.floor(Date.now() / 1_000) + 60 }),
      'one without an end': sign({ exp: undefined }),
      'one without a session': sign({ sid: undefined }),
      'a session of somebody else': sign({ sub: aUser().userId }),
      'a session that ended': sign({ sid: aUser().sessionId }),
      'no token at all': 'nonsense',
    };
    for (const [name, attempt] of Object.entries(forged)) {
      const answer = await gateway.call(TIME, { token: attempt });
      expect([name, answer.status, answer.body['code']]).toEqual([name, 401, 'auth.token-invalid']);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*invalid_token/);
    }
    expect((await gateway.call(TIME, { token })).status).toBe(200);
  });

  it('[4.2] [1.10] answers 403 to whoever may not, before any service is asked', async () => {
    seen.input = 'nothing';
    const answer = await gateway.call(TIME, { token: gateway.signIn() });
    expect([answer.status, answer.body['code']]).toEqual([403, 'access.denied']);
    expect(answer.body['detail']).toContain('time:read');
    expect(seen.input).toBe('nothing');
  });

  it('[1.8] takes X-Token wherever Authorization is taken, bare or with its scheme', async () => {
    const token = gateway.signIn(anAdmin());
    for (const value of [token, `Bearer ${token}`, `bearer ${token}`]) {
      expect((await gateway.call(TIME, { headers: { 'x-token': value } })).status).toBe(200);
    }
    const headers = { 'x-token': token };
    expect((await gateway.call(TIME, { token, headers })).status).toBe(200);
  });

  it('[1.8] refuses two different tokens with 400', async () => {
    const [token, other] = [gateway.signIn(anAdmin()), gateway.signIn(anAdmin())];
    for (const headers of [{ 'x-token': other }, { 'x-token': `${token}, ${other}` }]) {
      const answer = await gateway.call(TIME, { token, headers });
      expect([answer.status, answer.body['code']]).toEqual([
        400,
        'request.conflicting-credentials',
      ]);
    }
  });

  it('never takes a token from the URL, nor another scheme', async () => {
    const token = gateway.signIn(anAdmin());
    for (const name of ['access_token', 'token', 'X-Token']) {
      expect((await gateway.call(`${TIME}?${name}=${token}`)).status).toBe(401);
    }
    const basic = { authorization: `Basic ${Buffer.from('admin:a').toString('base64')}` };
    expect((await gateway.call(TIME, { headers: basic })).status).toBe(401);
    expect((await gateway.call(TIME)).headers.get('www-authenticate')).toBe(
      'Bearer realm="courtside"',
    );
  });

  it('[1.23] asks auth once for a session, however many requests it sends', async () => {
    const token = gateway.signIn(anAdmin());
    const before = asked.checkSession;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => gateway.call(TIME, { token })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    await gateway.call(TIME, { token });
    expect(asked.checkSession - before).toBe(1);
  });

  it('[1.19] [4.27] forgets at once what a session may do when auth tells that it changed', async () => {
    const [ended, demoted] = [anAdmin(), anAdmin()];
    const tokens = [gateway.signIn(ended), gateway.signIn(demoted)];
    const statuses = () =>
      Promise.all(tokens.map(async (token) => (await gateway.call(TIME, { token })).status));
    expect(await statuses()).toEqual([200, 200]);
    sessions.delete(ended.sessionId);
    sessions.set(demoted.sessionId, { ...demoted, roles: ['user'], permissions: [] } as never);
    const bus = gateway.platform.running.get('auth')!.context.get(Bus, { strict: false });
    await bus.broadcast(ACCESS_CHANGED, { sessionId: ended.sessionId });
    await bus.broadcast(ACCESS_CHANGED, { userId: demoted.userId });
    const isKnown = async () => (await statuses()).join() === '401,403';
    await eventually('both changes are known', isKnown, 1_000);
  });

  it('[4.11] gives services the subject of the token, whatever identity headers a client sends', async () => {
    const [me, victim] = [anAdmin(), aUser().userId];
    const token = gateway.signIn(me);
    const names = [
      'request-user-id',
      'Request_User_Id',
      'X-User-Id',
      'x-user',
      'X-Request-User-Id',
    ];
    for (const name of names) {
      expect((await gateway.call(TIME, { token, headers: { [name]: victim } })).status).toBe(200);
      expect(seen.input).toBe(me.userId);
      expect(JSON.stringify(seen.metadata)).not.toContain(victim);
      expect((await gateway.call(TIME, { headers: { [name]: victim } })).status).toBe(401);
    }
  });
});

describe('what a session may do', () => {
  it('[1.19] is asked anew after ACCESS_CACHE_MS, also when no broadcast told that it changed', async () => {
    const gateway = await aGateway({ env: { ACCESS_CACHE_MS: '2000' } });
    try {
      const [ended, demoted] = [anAdmin(), anAdmin()];
      const tokens = [gateway.signIn(ended), gateway.signIn(demoted)];
      const statuses = async () => {
        const answers = tokens.map(async (token) => (await gateway.call(TIME, { token })).status);
        return (await Promise.all(answers)).join();
      };
      expect(await statuses()).toBe('200,200');
      const before = asked.checkSession;
      sessions.delete(ended.sessionId);
      sessions.set(demoted.sessionId, { ...demoted, roles: ['user'], permissions: [] } as never);
      // What is remembered answers until then, so it is the end of its life that is seen here.
      expect(await statuses()).toBe('200,200');
      expect(asked.checkSession).toBe(before);
      await eventually('both to be asked anew', async () => (await statuses()) === '401,403');
    } finally {
      await gateway.close();
    }
  });
});
