import { auth } from '@courtside/contracts';
import { eventually } from '@courtside/testing';
import { aUser as anIdentity } from '@courtside/testing';
import { AuthSpec, GOOD_PASSWORD } from './auth.js';
import { anAccount } from './fake-users.js';

let spec: AuthSpec;
beforeAll(async () => (spec = await AuthSpec.start()), 30_000);
afterAll(() => spec?.close());

const other = `another ${GOOD_PASSWORD}`;
const wrong = { code: 'auth.credentials-wrong' };

describe('the password of a new account', () => {
  it('is set once: the same again is harmless, another one is refused', async () => {
    const { id: userId, username } = anAccount();
    const set = (password: string) =>
      spec.asUsers(auth.setCredential, { userId, username, password });
    const results = await Promise.all(Array.from({ length: 5 }, () => set(GOOD_PASSWORD)));
    expect(results).toEqual([null, null, null, null, null]);
    await expect(set(other)).rejects.toMatchObject({ code: 'auth.credential-exists' });
    await expect(spec.signIn({ username })).resolves.toBeDefined();
  });

  it('is set by users alone', async () => {
    const { id: userId, username } = anAccount();
    const denied = { code: 'access.denied' };
    const as = anIdentity({ roles: ['admin'] });
    const input = { userId, username, password: GOOD_PASSWORD };
    await expect(spec.platform.ask(auth.setCredential, input, { as })).rejects.toMatchObject(
      denied,
    );
  });
});

describe('changing a password', () => {
  it('needs the current one and ends all other sessions', async () => {
    const user = await spec.aUser();
    const [kept, ended] = [await spec.signIn(user), await spec.signIn(user)];
    const as = spec.identityOf(kept, user);
    const change = (current: string, replacement: string) =>
      spec.platform.ask(auth.changePassword, { current, replacement }, { as });
    await expect(change(other, other)).rejects.toMatchObject(wrong);
    await expect(change(GOOD_PASSWORD, 'short')).rejects.toMatchObject({
      code: 'auth.password-unacceptable',
      detail: expect.stringContaining('15'),
    });
    await change(GOOD_PASSWORD, other);
    expect(await spec.check(kept)).not.toBeNull();
    expect(await spec.check(ended)).toBeNull();
    await eventually('the broadcast', () =>
      spec.heard.includes(JSON.stringify({ userId: user.id })),
    );
    await expect(spec.signIn(user)).rejects.toMatchObject(wrong);
    await expect(spec.signIn(user, other)).resolves.toBeDefined();
  });

  it('leaves no session that was opened with the old one meanwhile', async () => {
    const user = await spec.aUser();
    const kept = await spec.signIn(user);
    const as = spec.identityOf(kept, user);
    const [, ...signIns] = await Promise.allSettled([
      spec.platform.ask(
        auth.changePassword,
        { current: GOOD_PASSWORD, replacement: other },
        { as },
      ),
      ...Array.from({ length: 8 }, () => spec.signIn(user)),
    ]);
    for (const signIn of signIns) {
      if (signIn.status === 'fulfilled') expect(await spec.check(signIn.value)).toBeNull();
      else expect(signIn.reason).toMatchObject(wrong);
    }
    expect(await spec.check(kept)).not.toBeNull();
  });

  it('succeeds for one of those who change it at once', async () => {
    const user = await spec.aUser();
    const as = spec.identityOf(await spec.signIn(user), user);
    const change = (replacement: string) =>
      spec.platform.ask(auth.changePassword, { current: GOOD_PASSWORD, replacement }, { as });
    const results = await Promise.allSettled([change(`${other} 1`), change(`${other} 2`)]);
    const refused = results.filter((each) => each.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject(wrong);
  });

  it('is for the signed-in only', async () => {
    const input = { current: GOOD_PASSWORD, replacement: other };
    await expect(spec.platform.ask(auth.changePassword, input)).rejects.toMatchObject({
      code: 'auth.token-missing',
    });
  });
});

describe('permissions', () => {
  it('[1.9] are verified with the reason that decides, for the signed-in only', async () => {
    const as = anIdentity({ permissions: ['time:read'] });
    const verify = (permission: 'time:read' | 'orders:read' | 'users:list') =>
      spec.platform.ask(auth.verify, { permission }, { as });
    expect(await verify('time:read')).toEqual({
      allowed: true,
      reason: 'time:read was granted to you',
    });
    expect(await verify('orders:read')).toMatchObject({ allowed: true });
    expect(await verify('users:list')).toMatchObject({ allowed: false });
    await expect(spec.platform.ask(auth.verify, { permission: 'time:read' })).rejects.toMatchObject(
      { code: 'auth.token-missing' },
    );
  });
});
