import { aNewUser, aName, call, claimsOf, GOOD_PASSWORD, signIn } from './api.js';

describe('signing in', () => {
  it('[4.14] answers exactly an access token and its type, versioned and unversioned', async () => {
    for (const path of ['/api/login', '/api/v1/login']) {
      const answer = await call(`POST ${path}`, { body: { username: 'admin', password: 'a' } });
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(/^\{"access_token":"[^"]+","token_type":"bearer"\}$/);
    }
  });

  it('[4.13] knows the two users of the demo', async () => {
    await expect(signIn('admin')).resolves.toEqual(expect.any(String));
    await expect(signIn('user')).resolves.toEqual(expect.any(String));
  });

  it('[4.7] never shows what the services told each other, only token fields', async () => {
    const answer = await call('POST /api/v1/auth/sessions', {
      body: { username: 'user', password: 'a' },
    });
    expect(Object.keys(answer.body).sort()).toEqual([
      'access_token',
      'expires_in',
      'refresh_token',
      'token_type',
    ]);
  });

  it('[1.20] gives a three-part token for good credentials that works bare as X-Token', async () => {
    const answer = await call<{ access_token: string }>('POST /api/v1/auth/token', {
      body: { username: 'user', password: 'a' },
    });
    expect(answer.status).toBe(200);
    expect(answer.body.access_token.split('.')).toHaveLength(3);
    const orders = await call('GET /api/v1/orders', {
      headers: { 'x-token': answer.body.access_token },
    });
    expect(orders.status).toBe(200);
  });

  it('[1.20] refuses bad credentials with 401, alike for unknown users and wrong passwords', async () => {
    const wrong = await call('POST /api/v1/auth/token', {
      body: { username: 'user', password: 'b' },
    });
    const unknown = await call('POST /api/v1/auth/token', {
      body: { username: aName(), password: 'b' },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body['detail']).toBe(unknown.body['detail']);
  });

  it('[4.27] refreshes by a token that works once, and refuses the session after sign-out', async () => {
    const { username } = await aNewUser();
    const first = await call<Record<string, string>>('POST /api/v1/auth/sessions', {
      body: { username, password: GOOD_PASSWORD },
    });
    const refresh = (token: string | undefined) =>
      call<Record<string, string>>('POST /api/v1/auth/sessions/refresh', {
        body: { refresh_token: token },
      });
    const second = await refresh(first.body['refresh_token']);
    const token = second.body['access_token'];
    expect((await call('GET /api/orders', { token })).status).toBe(200);
    expect((await call('DELETE /api/v1/auth/sessions/current', { token })).status).toBe(204);
    expect((await call('GET /api/orders', { token })).status).toBe(401);
    expect((await refresh(second.body['refresh_token'])).status).toBe(401);
  });

  it('[4.27] gives tokens that live as long as they say', async () => {
    const answer = await call<{ access_token: string; expires_in: number }>(
      'POST /api/v1/auth/sessions',
      { body: { username: 'user', password: 'a' } },
    );
    const { exp, iat } = claimsOf(answer.body.access_token) as { exp: number; iat: number };
    expect(exp - iat).toBe(answer.body.expires_in);
  });

  it('[4.2] refuses forged tokens: no algorithm, a changed payload, a cut signature', async () => {
    const token = await signIn('user');
    const [head, , signature] = token.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const admin = encode({ ...claimsOf(token), sub: '01938000-0000-7000-8000-000000000001' });
    const forged = [
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${admin}.`,
      `${head}.${admin}.${signature}`,
      token.slice(0, -4),
      `${head}.${token.split('.')[1]}.`,
    ];
    for (const attempt of forged) {
      const answer = await call('GET /api/users', { token: attempt });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  it('[1.8] takes X-Token wherever Authorization is taken, and refuses two different tokens', async () => {
    const token = await signIn('user');
    const other = await signIn('admin');
    const headers = { 'x-token': other };
    expect((await call('GET /api/users', { headers })).status).toBe(200);
    const conflict = await call('GET /api/users', { token, headers });
    expect(conflict.status).toBe(400);
    expect(conflict.body['code']).toBe('request.conflicting-credentials');
  });
});
