import { users, type Input } from '@courtside/contracts';
import { anAdmin, aUser, type TestPlatform } from '@courtside/testing';
import { fakeAuth } from './fake-auth.js';
import { aName, aNewUser, aUsersService, GOOD_PASSWORD, query, startAuth } from './users.js';

let platform: TestPlatform;
const admin = anAdmin();
beforeAll(async () => (platform = await aUsersService()), 30_000);
afterAll(() => platform?.close());
afterEach(() => fakeAuth.reset());

const ifMatch = (tag: string) => ({ as: admin, metadata: { 'if-match': tag } });

describe('an account', () => {
  it('[4.6] is created, read, changed and deleted', async () => {
    const created = await platform.ask(users.create, {
      username: aName(),
      password: GOOD_PASSWORD,
      displayName: 'Ada',
      email: 'ada@example.org',
    });
    expect(created).toMatchObject({ displayName: 'Ada', roles: ['user'], permissions: [] });
    const self = aUser({ userId: created.id });
    expect(await platform.ask(users.read, { id: created.id }, { as: self })).toEqual(created);

    const changed = await platform.ask(
      users.update,
      { id: created.id, displayName: 'Bea', email: null },
      { as: self },
    );
    expect(changed).toMatchObject({ displayName: 'Bea', email: null, version: 2 });

    await platform.ask(users.delete, { id: created.id }, { as: self });
    expect(fakeAuth.passwords.has(created.id)).toBe(false);
    const gone = { code: 'users.unknown' };
    await expect(platform.ask(users.read, { id: created.id }, { as: admin })).rejects.toMatchObject(
      gone,
    );
    await expect(
      platform.ask(users.delete, { id: created.id }, { as: admin }),
    ).rejects.toMatchObject(gone);
    await expect(
      platform.ask(users.update, { id: created.id, displayName: 'C' }, { as: admin }),
    ).rejects.toMatchObject(gone);
  });

  it('[4.31] is answered exactly as the schema of each message says', async () => {
    const { id } = await aNewUser(platform);
    const as = admin;
    const answers = [
      [users.read, await platform.ask(users.read, { id }, { as })],
      [users.update, await platform.ask(users.update, { id, displayName: 'Ada' }, { as })],
      [users.list, await platform.ask(users.list, { limit: 3 }, { as })],
      [users.grantRole, await platform.ask(users.grantRole, { id, role: 'user' }, { as })],
      [users.delete, await platform.ask(users.delete, { id }, { as })],
    ] as const;
    // Every schema is strict: a field too many is refused like one too few.
    for (const [message, answer] of answers) expect(message.output.parse(answer)).toEqual(answer);
  });

  it('[4.6] is refused with every fault of the input at once', async () => {
    const input = { username: 'no spaces', password: '', email: 'none', roles: ['admin'] };
    const refusal = platform.ask(users.create, input as Input<typeof users.create>);
    await expect(refusal).rejects.toMatchObject({ code: 'request.invalid' });
    const { errors } = (await refusal.catch((problem: unknown) => problem)) as { errors: object[] };
    expect(errors).toHaveLength(4);
  });

  it('[4.6] is nobody else’s to see, change or delete without permission', async () => {
    const { id } = await aNewUser(platform);
    const other = { as: aUser() };
    const denied = { code: 'access.denied' };
    await expect(platform.ask(users.read, { id }, other)).rejects.toMatchObject(denied);
    await expect(platform.ask(users.update, { id }, other)).rejects.toMatchObject(denied);
    await expect(platform.ask(users.delete, { id }, other)).rejects.toMatchObject(denied);
    await expect(platform.ask(users.list, {}, other)).rejects.toMatchObject(denied);
    await expect(platform.ask(users.read, { id })).rejects.toMatchObject({
      code: 'auth.token-missing',
    });
  });

  it('[4.6] is not changed by whoever read an older version', async () => {
    const { id } = await aNewUser(platform);
    const change = (displayName: string, tag: string) =>
      platform.ask(users.update, { id, displayName }, ifMatch(tag));
    expect(await change('first', '"1"')).toMatchObject({ version: 2 });
    await expect(change('late', '"1"')).rejects.toMatchObject({
      code: 'request.precondition-failed',
    });
    expect(await change('second', '"7", W/"2"')).toMatchObject({ version: 3 });
    expect(await change('third', '*')).toMatchObject({ version: 4 });
  });

  it('keeps its version when a change changes nothing', async () => {
    const { id } = await aNewUser(platform);
    const change = () => platform.ask(users.update, { id, displayName: 'Ada' }, { as: admin });
    expect((await change()).version).toBe(2);
    expect((await change()).version).toBe(2);
  });
});

describe('deleting an account', () => {
  it('hides it at once and completes when repeated after auth was down', async () => {
    const { id, username } = await aNewUser(platform);
    await platform.stop('auth');
    await expect(platform.ask(users.delete, { id }, { as: admin })).rejects.toMatchObject({
      code: 'service.unavailable',
    });
    await expect(platform.ask(users.read, { id }, { as: admin })).rejects.toMatchObject({
      code: 'users.unknown',
    });
    await startAuth(platform);
    await platform.ask(users.delete, { id }, { as: admin });
    expect(await query(platform, 'SELECT id FROM "user" WHERE id = $1', [id])).toEqual([]);
    expect(fakeAuth.passwords.has(id)).toBe(false);
    expect((await aNewUser(platform, username)).username).toBe(username);
  });

  it('[4.8] leaves no half state when it meets updates of the same account', async () => {
    const { id } = await aNewUser(platform);
    const as = admin;
    const results = await Promise.allSettled([
      ...[1, 2, 3, 4].map((n) =>
        platform.ask(users.update, { id, displayName: `name ${n}` }, { as }),
      ),
      platform.ask(users.delete, { id }, { as }),
      platform.ask(users.delete, { id }, { as }),
      ...[5, 6, 7, 8].map((n) =>
        platform.ask(users.update, { id, displayName: `name ${n}` }, { as }),
      ),
    ]);
    const reasons = results.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as { code: string }).code] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(reasons.length ? ['users.unknown'] : []));
    expect(await query(platform, 'SELECT id FROM "user" WHERE id = $1', [id])).toEqual([]);
    expect(fakeAuth.passwords.has(id)).toBe(false);
  });
});
