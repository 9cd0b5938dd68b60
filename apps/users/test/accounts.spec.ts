import { ACCESS_CHANGED, users, type Input } from '@courtside/contracts';
import { anAdmin, aUser, eventually, type TestPlatform } from '@courtside/testing';
import { fakeAuth } from './fake-auth.js';
import {
  aName,
  aNewUser,
  aUsersService,
  GOOD_PASSWORD,
  query,
  startAuth,
  toldOf,
} from './users.js';

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
    expect(await toldOf(platform, created.id)).toEqual(['users.created', 'users.deleted']);
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
  it('needs nobody else: it is gone, its name is free and its deletion told while auth is down', async () => {
    const { id, username } = await aNewUser(platform);
    await platform.stop('auth');
    try {
      expect(await platform.ask(users.delete, { id }, { as: admin })).toBeNull();
      await expect(platform.ask(users.read, { id }, { as: admin })).rejects.toMatchObject({
        code: 'users.unknown',
      });
      expect(await toldOf(platform, id)).toEqual(['users.created', 'users.deleted']);
    } finally {
      await startAuth(platform);
    }
    const successor = await aNewUser(platform, username);
    expect(successor).toMatchObject({ username });
    expect(successor.id).not.toBe(id);
  });

  it('tells every process once it is committed', async () => {
    const { id } = await aNewUser(platform);
    const seen: unknown[] = [];
    const stop = await platform.asker.broker.onBroadcast(
      ACCESS_CHANGED,
      async (text: string) => {
        if (!text.includes(id)) return;
        seen.push(await query(platform, 'SELECT id FROM "user" WHERE id = $1', [id]));
      },
      () => undefined,
    );
    await platform.ask(users.delete, { id }, { as: admin });
    await eventually('the broadcast', () => seen.length > 0);
    expect(seen).toEqual([[]]);
    await stop();
  });

  it('[4.8] leaves no half state when it meets updates of the same account', async () => {
    const { id } = await aNewUser(platform);
    const as = admin;
    const update = (n: number) =>
      platform.ask(users.update, { id, displayName: `name ${n}` }, { as });
    const results = await Promise.allSettled([
      ...[1, 2, 3, 4].map(update),
      platform.ask(users.delete, { id }, { as }),
      platform.ask(users.delete, { id }, { as }),
      ...[5, 6, 7, 8].map(update),
    ]);
    const outcome = (each: PromiseSettledResult<unknown> | undefined) =>
      each?.status === 'rejected' ? (each.reason as { code: string }).code : 'done';
    const deletions = [results[4], results[5]].map(outcome).sort();
    expect(deletions).toEqual(['done', 'users.unknown']);
    const refusals = results.map(outcome).filter((each) => each !== 'done');
    expect(new Set(refusals)).toEqual(new Set(['users.unknown']));
    expect(await query(platform, 'SELECT id FROM "user" WHERE id = $1', [id])).toEqual([]);
    expect(await toldOf(platform, id)).toEqual(['users.created', 'users.deleted']);
  });

  it('[4.8] gives one of many who delete and recreate a name at once each name', async () => {
    const { id, username } = await aNewUser(platform);
    const results = await Promise.allSettled([
      platform.ask(users.delete, { id }, { as: admin }),
      ...Array.from({ length: 20 }, () => aNewUser(platform, username)),
    ]);
    const successors = results.slice(1).filter(({ status }) => status === 'fulfilled');
    expect(results[0]).toMatchObject({ status: 'fulfilled' });
    expect(successors.length).toBeLessThanOrEqual(1);
    const rows = await query(platform, 'SELECT status FROM "user" WHERE username = $1', [username]);
    expect(rows).toEqual(successors.map(() => ({ status: 'active' })));
  });

  it('answers a repetition with the same key alike, and refuses the key for another account', async () => {
    const [{ id }, other] = [await aNewUser(platform), await aNewUser(platform)];
    const withKey = { as: admin, metadata: { 'idempotency-key': aName() } };
    const first = await platform.ask(users.delete, { id }, withKey);
    expect(await platform.ask(users.delete, { id }, withKey)).toEqual(first);
    await expect(platform.ask(users.delete, { id: other.id }, withKey)).rejects.toMatchObject({
      code: 'idempotency.key-reused',
    });
    await expect(platform.ask(users.delete, { id }, { as: admin })).rejects.toMatchObject({
      code: 'users.unknown',
    });
    expect(await toldOf(platform, id)).toEqual(['users.created', 'users.deleted']);
  });

  it('is refused to whoever read an older version', async () => {
    const { id } = await aNewUser(platform);
    await platform.ask(users.update, { id, displayName: 'Ada' }, { as: admin });
    await expect(platform.ask(users.delete, { id }, ifMatch('"1"'))).rejects.toMatchObject({
      code: 'request.precondition-failed',
    });
    await platform.ask(users.delete, { id }, ifMatch('"2"'));
  });
});
