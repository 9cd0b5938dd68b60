import { aName, aNewUser, call, GOOD_PASSWORD, signIn } from './api.js';

describe('users', () => {
  it('[4.15] lists them for an administrator, not for a user, not for nobody', async () => {
    const [admin, user] = await Promise.all([signIn('admin'), signIn('user')]);
    expect((await call('GET /api/users', { token: admin })).status).toBe(200);
    expect((await call('GET /api/users', { token: user })).status).toBe(403);
    expect((await call('GET /api/users')).status).toBe(401);
  });

  it('[4.6] creates, reads, changes and deletes an account', async () => {
    const user = await aNewUser();
    const path = `/api/v1/users/${user.id}`;
    const read = await call(`GET ${path}`, { token: user.token });
    expect(read.body).toMatchObject({ id: user.id, username: user.username, roles: ['user'] });
    const changed = await call(`PATCH ${path}`, {
      token: user.token,
      body: { displayName: 'Ada' },
      headers: { 'if-match': read.headers.get('etag') ?? '' },
    });
    expect(changed.body['displayName']).toBe('Ada');
    const late = await call(`PATCH ${path}`, {
      token: user.token,
      body: { displayName: 'Bea' },
      headers: { 'if-match': read.headers.get('etag') ?? '' },
    });
    expect(late.status).toBe(412);
    const admin = await signIn('admin');
    expect((await call(`DELETE ${path}`, { token: admin })).status).toBe(204);
    expect((await call(`GET ${path}`, { token: admin })).status).toBe(404);
    expect((await call('GET /api/orders', { token: user.token })).status).toBe(401);
  });

  it('[4.6] pages through the list without losing or repeating anyone', async () => {
    await Promise.all([aNewUser(), aNewUser(), aNewUser()]);
    const token = await signIn('admin');
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const cursor: string = next && `&cursor=${next}`;
      const page = await call<{ items: { id: string }[]; next: string | null }>(
        `GET /api/v1/users?limit=2${cursor}`,
        { token },
      );
      expect(page.status).toBe(200);
      seen.push(...page.body.items.map((user) => user.id));
      next = page.body.next;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(5);
  });

  it('[4.8] makes exactly one account of 200 concurrent sign-ups with one name', async () => {
    const username = aName();
    const body = { username, password: GOOD_PASSWORD };
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => call('POST /api/users', { body })),
    );
    const count = (status: number) => answers.filter((each) => each.status === status).length;
    expect([count(201), count(409)]).toEqual([1, 199]);
    await expect(signIn(username, GOOD_PASSWORD)).resolves.toEqual(expect.any(String));
  });

  it('[4.9] keeps protected users, even from administrators', async () => {
    const token = await signIn('admin');
    const page = await call<{ items: { id: string; isProtected: boolean }[] }>(
      'GET /api/users?limit=200',
      { token },
    );
    const kept = page.body.items.filter((user) => user.isProtected);
    expect(kept.length).toBeGreaterThan(0);
    for (const { id } of kept) {
      const answer = await call(`DELETE /api/users/${id}`, { token });
      expect(answer.status).toBe(403);
      expect(answer.body).toMatchObject({ code: 'users.protected', detail: expect.any(String) });
    }
  });

  it('[4.25] are shown without any trace of their password', async () => {
    const token = await signIn('admin');
    const answers = await Promise.all([
      call('GET /api/users?limit=200', { token }),
      call('GET /api/v1/users/me', { token }),
      call('GET /schema'),
    ]);
    for (const answer of answers) expect(answer.text).not.toMatch(/hashed|\$argon2/i);
  });

  it('[1.19] may do what an administrator grants, and no longer once it is revoked', async () => {
    const admin = await signIn('admin');
    const { id, token } = await aNewUser();
    const grant = `/api/v1/users/${id}/permissions/time:read`;
    const time = async () => (await call('GET /api/v1/time', { token })).status;
    const until = async (status: number) => {
      const end = Date.now() + 5_000;
      while ((await time()) !== status) {
        if (Date.now() > end) throw new Error(`still not ${status} after 5 s`);
      }
    };
    expect(await time()).toBe(403);
    expect((await call(`PUT ${grant}`, { token })).status).toBe(403);
    expect((await call(`PUT ${grant}`, { token: admin })).status).toBe(200);
    await until(200);
    expect((await call(`DELETE ${grant}`, { token: admin })).status).toBe(200);
    await until(403);
  });

  it('[1.19] cannot change their own access, not even administrators', async () => {
    const token = await signIn('admin');
    const { body } = await call('GET /api/v1/users/me', { token });
    const answer = await call(`PUT /api/v1/users/${String(body['id'])}/permissions/time:read`, {
      token,
    });
    expect([answer.status, answer.body['code']]).toEqual([403, 'users.own-access']);
  });
});
