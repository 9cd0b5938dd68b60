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

  it('[4.8] leaves no half account where updates and deletions meet, and the name free at once', async () => {
    const [user, admin] = [await aNewUser(), await signIn('admin')];
    const path = `/api/v1/users/${user.id}`;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        n % 5 === 2
          ? call(`DELETE ${path}`, { token: admin })
          : call(`PATCH ${path}`, { token: admin, body: { displayName: `name ${n}` } }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 204)).toHaveLength(1);
    expect(statuses.filter((status) => ![200, 204, 404].includes(status))).toEqual([]);
    expect((await call(`GET ${path}`, { token: admin })).status).toBe(404);
    const { username } = user;
    await expect(signIn(username, GOOD_PASSWORD)).rejects.toThrow('auth.credentials-wrong');

    const password = `another ${GOOD_PASSWORD}`;
    const again = await call('POST /api/users', { body: { username, password } });
    expect(again.status).toBe(201);
    expect(again.body['id']).not.toBe(user.id);
    await expect(signIn(username, GOOD_PASSWORD)).rejects.toThrow('auth.credentials-wrong');
    await expect(signIn(username, password)).resolves.toEqual(expect.any(String));
  });

  it('[4.8] deletes once for each idempotency key, and ends every session of the user', async () => {
    const [user, admin] = [await aNewUser(), await signIn('admin')];
    const session = await call<Record<string, string>>('POST /api/v1/auth/sessions', {
      body: { username: user.username, password: GOOD_PASSWORD },
    });
    const tokens = [user.token, session.body['access_token']];
    for (const token of tokens) expect((await call('GET /api/orders', { token })).status).toBe(200);
    const deletion = { token: admin, headers: { 'idempotency-key': aName() } };
    for (let n = 0; n < 2; n++) {
      expect((await call(`DELETE /api/v1/users/${user.id}`, deletion)).status).toBe(204);
    }
    const end = Date.now() + 1_000;
    for (const token of tokens) {
      while ((await call('GET /api/orders', { token })).status !== 401) {
        if (Date.now() > end) throw new Error('a session of a deleted user lives after 1 s');
      }
    }
    const { refresh_token } = session.body;
    const refreshed = await call('POST /api/v1/auth/sessions/refresh', { body: { refresh_token } });
    expect(refreshed.status).toBe(401);
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
