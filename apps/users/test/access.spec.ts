import { ACCESS_CHANGED, demoUsers, users } from '@courtside/contracts';
import { Bus } from '@courtside/service';
import { anAdmin, aUser, eventually, type TestPlatform } from '@courtside/testing';
import { fakeAuth } from './fake-auth.js';
import { aName, aNewUser, aUsersService, query, toldOf } from './users.js';

const [adminUser, normalUser] = demoUsers;
const protectedName = aName();

let platform: TestPlatform;
/** Who really is an administrator, as the demo profile made it. */
const admin = aUser({ userId: adminUser.id, roles: ['admin'] });
const someAdmin = anAdmin();
const heard: string[] = [];

beforeAll(async () => {
  platform = await aUsersService({ DEMO: 'true', PROTECTED_USERS: protectedName.toUpperCase() });
  await platform.asker.broker.onBroadcast(
    ACCESS_CHANGED,
    (text: string) => void heard.push(text),
    () => undefined,
  );
}, 30_000);
afterAll(() => platform?.close());
afterEach(() => fakeAuth.reset());

/** Makes someone an administrator beside the one of the demo profile. */
async function aSecondAdmin() {
  const { id } = await aNewUser(platform);
  return platform.ask(users.grantRole, { id, role: 'admin' }, { as: admin });
}

describe('permissions', () => {
  it('[1.19] are granted and revoked by administrators, and every process is told', async () => {
    const { id, username } = await aNewUser(platform);
    const permission = 'time:read' as const;
    const granted = await platform.ask(users.grantPermission, { id, permission }, { as: admin });
    expect(granted.permissions).toEqual([permission]);
    await eventually('the broadcast', () => heard.includes(JSON.stringify({ userId: id })));
    expect((await access(username))?.permissions).toContain(permission);

    const again = await platform.ask(users.grantPermission, { id, permission }, { as: admin });
    expect(again.version).toBe(granted.version);
    const revoked = await platform.ask(users.revokePermission, { id, permission }, { as: admin });
    expect(revoked.permissions).toEqual([]);
    expect((await access(username))?.permissions).not.toContain(permission);
  });

  it('[1.19] are in force by the time that other processes are told', async () => {
    const { id, username } = await aNewUser(platform);
    const found: (string[] | undefined)[] = [];
    const stop = await platform.asker.broker.onBroadcast(
      ACCESS_CHANGED,
      async (text: string) => {
        if (text.includes(id)) found.push((await access(username))?.permissions);
      },
      () => undefined,
    );
    const change = { id, permission: 'time:read' } as const;
    await platform.ask(users.grantPermission, change, { as: admin });
    await eventually('the first broadcast', () => found.length === 1);
    await platform.ask(users.revokePermission, change, { as: admin });
    await eventually('the second broadcast', () => found.length === 2);
    expect(found.map((permissions) => permissions?.includes('time:read'))).toEqual([true, false]);
    await stop();
  });

  it('[1.19] cannot be granted to oneself, nor by a user without the permission to', async () => {
    const change = { id: admin.userId, permission: 'time:read' } as const;
    await expect(platform.ask(users.grantPermission, change, { as: admin })).rejects.toMatchObject({
      code: 'users.own-access',
    });
    const self = aUser({ userId: normalUser.id });
    await expect(
      platform.ask(users.grantPermission, { ...change, id: normalUser.id }, { as: self }),
    ).rejects.toMatchObject({ code: 'access.denied' });
    await expect(
      platform.ask(users.revokeRole, { id: admin.userId, role: 'admin' }, { as: admin }),
    ).rejects.toMatchObject({ code: 'users.own-access' });
  });

  it('of unknown users cannot be changed', async () => {
    const { id } = await aNewUser(platform);
    await platform.ask(users.delete, { id }, { as: admin });
    await expect(
      platform.ask(users.grantRole, { id, role: 'admin' }, { as: admin }),
    ).rejects.toMatchObject({ code: 'users.unknown' });
  });
});

describe('a protected user', () => {
  it('[4.9] cannot be deleted or demoted by anyone, whatever the spelling', async () => {
    const { id } = await aNewUser(platform, protectedName);
    const shown = await platform.ask(users.grantRole, { id, role: 'admin' }, { as: admin });
    expect(shown.isProtected).toBe(true);
    const refusal = { code: 'users.protected', detail: expect.stringContaining(protectedName) };
    for (const as of [admin, aUser({ userId: id })]) {
      await expect(platform.ask(users.delete, { id }, { as })).rejects.toMatchObject(refusal);
    }
    await expect(
      platform.ask(users.revokeRole, { id, role: 'admin' }, { as: admin }),
    ).rejects.toMatchObject(refusal);
    expect((await access(protectedName))?.roles).toContain('admin');
    expect(await toldOf(platform, id)).toEqual(['users.created']);
    await query(platform, `DELETE FROM "user" WHERE id = $1`, [id]);
  });
});

describe('the last administrator', () => {
  it('can be neither demoted nor deleted', async () => {
    const last = { id: adminUser.id };
    await expect(
      platform.ask(users.revokeRole, { ...last, role: 'admin' }, { as: someAdmin }),
    ).rejects.toMatchObject({ code: 'users.last-admin' });
    await expect(platform.ask(users.delete, last, { as: admin })).rejects.toMatchObject({
      code: 'users.last-admin',
    });
  });

  it('remains when two administrators remove each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const second = await aSecondAdmin();
      const results = await Promise.allSettled([
        platform.ask(users.revokeRole, { id: second.id, role: 'admin' }, { as: admin }),
        platform.ask(users.revokeRole, { id: adminUser.id, role: 'admin' }, { as: someAdmin }),
      ]);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await platform.ask(users.grantRole, { id: adminUser.id, role: 'admin' }, { as: someAdmin });
      await platform.ask(users.revokeRole, { id: second.id, role: 'admin' }, { as: admin });
    }
  });

  it('remains when two administrators delete each other at once', async () => {
    for (let round = 0; round < 3; round++) {
      const pair = [await aSecondAdmin(), await aSecondAdmin()];
      await platform.ask(users.revokeRole, { id: adminUser.id, role: 'admin' }, { as: someAdmin });
      const results = await Promise.allSettled(
        pair.map(({ id }) => platform.ask(users.delete, { id }, { as: someAdmin })),
      );
      const refused = results.filter(({ status }) => status === 'rejected');
      expect(refused).toMatchObject([{ reason: { code: 'users.last-admin' } }]);
      await platform.ask(users.grantRole, { id: adminUser.id, role: 'admin' }, { as: someAdmin });
      const left = pair[results.findIndex(({ status }) => status === 'rejected')]!;
      await platform.ask(users.delete, { id: left.id }, { as: admin });
    }
  });

  it('may go once there is another one', async () => {
    const second = await aSecondAdmin();
    await platform.ask(users.delete, { id: second.id }, { as: admin });
    expect(await access(second.username)).toBeNull();
  });
});

describe('what an account may do', () => {
  it('is told to auth alone', async () => {
    for (const as of [admin, undefined]) {
      await expect(
        platform.ask(users.findAccess, { username: 'admin' }, as ? { as } : {}),
      ).rejects.toMatchObject({ code: 'access.denied' });
    }
  });

  it('is found by name in any case and by id; nothing is told of nobody', async () => {
    const byName = await access('ADMIN');
    expect(byName).toMatchObject({ id: adminUser.id, username: 'admin', status: 'active' });
    expect(byName?.permissions).toContain('users:grant');
    expect(await asAuth().request(users.readAccess, { id: adminUser.id })).toEqual(byName);
    expect(await access(aName())).toBeNull();
  });

  it('is pending while its sign-up is under way', async () => {
    let letOn = (): void => undefined;
    fakeAuth.beforeSet = () => new Promise((resolve) => (letOn = resolve));
    const username = aName();
    const signUp = aNewUser(platform, username);
    await eventually('the password to be set', () => fakeAuth.asked === 1);
    expect((await access(username))?.status).toBe('pending');
    letOn();
    await signUp;
    expect((await access(username))?.status).toBe('active');
  });
});

/** The bus as auth uses it. */
const asAuth = (): Bus => platform.running.get('auth')!.context.get(Bus, { strict: false });
const access = (username: string) => asAuth().request(users.findAccess, { username });
