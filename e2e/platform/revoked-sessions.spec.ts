import type { RunningApp } from '@courtside/service';
import { eventually, type TestPlatform } from '@courtside/testing';
import { aName, call, GOOD_PASSWORD } from '../api.js';
import { anAuthPlatform, aReplica, gateway, urlOf } from './apps.js';
import { Line } from './line.js';

/** Within which a revoked session is refused everywhere, milliseconds. */
const REFUSED_WITHIN_MS = 1_000;
const GRANTED_WITHIN_MS = 5_000;

let platform: TestPlatform;
let line: Line;
let second: RunningApp;
/** Two replicas: one beside the bus, one at the end of a line that can be cut. */
let near = '';
let far = '';

beforeAll(async () => {
  platform = await anAuthPlatform();
  near = urlOf(platform);
  line = await Line.to(platform.environmentOf('gateway').REDIS_URL ?? '');
  second = await aReplica(platform, gateway, { REDIS_URL: line.url });
  far = second.url ?? '';
}, 60_000);
afterAll(async () => {
  line?.mend();
  await second?.close();
  await line?.close();
  await platform?.close();
});

interface Somebody {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

async function signIn(username: string, password = GOOD_PASSWORD): Promise<string> {
  const { body } = await call('POST /api/v1/login', { at: near, body: { username, password } });
  return String(body['access_token']);
}

async function somebody(): Promise<Somebody> {
  const username = aName();
  const { body } = await call<{ id: string }>('POST /api/v1/users', {
    at: near,
    body: { username, password: GOOD_PASSWORD },
  });
  return { id: body.id, username, token: await signIn(username) };
}

const statusAt = async (at: string, token: string, operation: string) =>
  (await call(operation, { at, token })).status;

/** What both gateways answer to a token, the near one first. */
const answers = async (token: string, operation = 'GET /api/v1/users/me') =>
  (await Promise.all([near, far].map((at) => statusAt(at, token, operation)))).join();

const changed = (token: string, to: string, operation?: string, within = REFUSED_WITHIN_MS) =>
  eventually(
    `${to} at both gateways`,
    async () => (await answers(token, operation)) === to,
    within,
  );

/** Each takes the access of one away, by the hand of an administrator or of the user. */
const revocations: Record<string, (user: Somebody, admin: string) => Promise<number>> = {
  'signs out': async ({ token }) => statusAt(near, token, 'DELETE /api/v1/auth/sessions/current'),
  'ends it from another session': async ({ username, token }) => {
    const other = await signIn(username);
    const page = await call<{ items: { id: string; isCurrent: boolean }[] }>(
      'GET /api/v1/auth/sessions',
      { at: near, token },
    );
    const own = page.body.items.find(({ isCurrent }) => isCurrent)?.id;
    return statusAt(near, other, `DELETE /api/v1/auth/sessions/${own}`);
  },
  'changes the password in another session': async ({ username }) => {
    const body = { current: GOOD_PASSWORD, replacement: `another ${GOOD_PASSWORD}` };
    const other = await signIn(username);
    return (await call('PUT /api/v1/auth/password', { at: near, token: other, body })).status;
  },
  'is deleted by an administrator': async ({ id }, admin) =>
    statusAt(near, admin, `DELETE /api/v1/users/${id}`),
};

describe('a session', () => {
  it.each(Object.entries(revocations))(
    '[4.27] of a user who %s is refused on every gateway within 1 s',
    async (_title, revoke) => {
      const [user, admin] = [await somebody(), await signIn('admin', 'a')];
      expect(await answers(user.token)).toBe('200,200');
      expect([200, 204]).toContain(await revoke(user, admin));
      await changed(user.token, '401,401');
    },
  );

  it('[4.27] that ends while a gateway is cut off from the bus is refused there when it is back', async () => {
    const { token } = await somebody();
    expect(await answers(token)).toBe('200,200');
    line.cut();
    // Nobody hears at the end of a cut line: the broadcast is missed for certain.
    expect(await statusAt(near, token, 'DELETE /api/v1/auth/sessions/current')).toBe(204);
    const waiting = statusAt(far, token, 'GET /api/v1/users/me');
    line.mend();
    // Neither who waited for the bus nor who comes later is served by what was remembered.
    expect(await waiting).not.toBe(200);
    await changed(token, '401,401');
  });

  it('[1.19] may do what its user was granted within 5 s, and no more within 1 s of its revocation', async () => {
    const [user, admin] = [await somebody(), await signIn('admin', 'a')];
    const list = 'GET /api/v1/users';
    for (const right of ['roles/admin', 'permissions/users:list']) {
      const path = `/api/v1/users/${user.id}/${right}`;
      expect(await answers(user.token, list)).toBe('403,403');
      expect(await statusAt(near, user.token, `PUT ${path}`)).toBe(403);
      expect(await statusAt(near, admin, `PUT ${path}`)).toBe(200);
      await changed(user.token, '200,200', list, GRANTED_WITHIN_MS);
      expect(await statusAt(near, admin, `DELETE ${path}`)).toBe(200);
      await changed(user.token, '403,403', list);
    }
  });

  it('[1.19] cannot be given more by its own user, not even an administrator', async () => {
    const admin = await signIn('admin', 'a');
    const me = await call('GET /api/v1/users/me', { at: near, token: admin });
    for (const right of ['roles/admin', 'permissions/time:read']) {
      const path = `PUT /api/v1/users/${String(me.body['id'])}/${right}`;
      const answer = await call(path, { at: near, token: admin });
      expect([answer.status, answer.body['code']]).toEqual([403, 'users.own-access']);
    }
  });
});
