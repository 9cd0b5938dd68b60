import { Problem, users, type CreateUser } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { anAdmin, aUser, eventually, type TestPlatform } from '@courtside/testing';
import { fakeAuth } from './fake-auth.js';
import { aName, aNewUser, aUsersService, GOOD_PASSWORD, query, startAuth } from './users.js';

let platform: TestPlatform;
beforeAll(async () => (platform = await aUsersService()), 30_000);
afterAll(() => platform?.close());
afterEach(() => fakeAuth.reset());

const withKey = (key: string) => ({ metadata: { 'idempotency-key': key } });
const input = (username = aName(), more: Partial<CreateUser> = {}): CreateUser => ({
  username,
  password: GOOD_PASSWORD,
  ...more,
});
const rows = (username: string) =>
  query<{ id: string; status: string }>(
    platform,
    'SELECT id, status FROM "user" WHERE lower(username) = lower($1)',
    [username],
  );
/** A process that died between the two steps leaves this. */
const crashed = (username: string, secondsAgo: number, key: string | null = null) =>
  query(
    platform,
    `INSERT INTO "user" VALUES ($1, $2, NULL, NULL, '{user}', '{}', 'pending', 1, $3,
       encode(sha256(convert_to('["' || $2 || '",null,null]', 'UTF8')), 'hex'),
       now() - make_interval(secs => $4), now() - make_interval(secs => $4))`,
    [newId(), username, key === null ? null : ` ${key}`, secondsAgo],
  );

describe('signing up', () => {
  it('[4.8] makes exactly one account of 200 concurrent requests for one name', async () => {
    const username = aName();
    const spellings = [username, username.toUpperCase()];
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, (_, n) => platform.ask(users.create, input(spellings[n % 2]))),
    );
    const codes = results.flatMap((each) =>
      each.status === 'rejected' ? [(each.reason as Problem).code] : [],
    );
    expect(codes).toHaveLength(199);
    expect(new Set(codes)).toEqual(new Set(['users.username-taken']));
    expect(await rows(username)).toMatchObject([{ status: 'active' }]);
    expect(fakeAuth.asked).toBe(1);
  });

  it('passes a refused password on and leaves the name free', async () => {
    const username = aName();
    await expect(
      platform.ask(users.create, input(username, { password: 'short' })),
    ).rejects.toMatchObject({ code: 'auth.password-unacceptable', detail: 'too short' });
    expect(await rows(username)).toEqual([]);
    expect((await aNewUser(platform, username)).username).toBe(username);
  });

  it('leaves the name free when auth is down', async () => {
    const username = aName();
    await platform.stop('auth');
    await expect(platform.ask(users.create, input(username))).rejects.toMatchObject({
      code: 'service.unavailable',
    });
    await startAuth(platform);
    expect((await aNewUser(platform, username)).username).toBe(username);
  });

  it('that is too late leaves neither account nor password', async () => {
    const username = aName();
    let attempt = '';
    let answer = (): void => undefined;
    fakeAuth.beforeSet = ({ userId }) => void (attempt = userId);
    fakeAuth.afterSet = () => new Promise((resolve) => (answer = resolve));
    await expect(
      platform.ask(users.create, input(username), { deadlineMs: 200 }),
    ).rejects.toMatchObject({ code: 'service.late' });
    await eventually('the name to be free', async () => (await rows(username)).length === 0);
    await eventually('the password to be gone', () => !fakeAuth.passwords.has(attempt));
    answer();
    fakeAuth.reset();
    const { id } = await aNewUser(platform, username);
    expect(fakeAuth.passwords.get(id)).toBe(GOOD_PASSWORD);
  });

  it('waits for an unfinished account of the name, but no longer than a minute', async () => {
    const [fresh, stale] = [aName(), aName()];
    await crashed(fresh, 30);
    await crashed(stale, 61);
    const [{ id: abandoned } = { id: '' }] = await rows(stale);
    fakeAuth.passwords.set(abandoned, 'left by the attempt that crashed');
    await expect(platform.ask(users.create, input(fresh))).rejects.toMatchObject({
      code: 'users.username-taken',
    });
    const { id } = await aNewUser(platform, stale);
    expect(await rows(stale)).toEqual([{ id, status: 'active' }]);
    expect(fakeAuth.passwords.has(abandoned)).toBe(false);
  });

  it('is called off when its unfinished account had to give way meanwhile', async () => {
    const username = aName();
    let attempt = '';
    fakeAuth.beforeSet = async ({ userId }) => {
      attempt = userId;
      await query(platform, 'DELETE FROM "user" WHERE id = $1', [userId]);
    };
    await expect(platform.ask(users.create, input(username))).rejects.toMatchObject({
      code: 'service.unavailable',
      retryAfter: 1,
    });
    expect(fakeAuth.passwords.has(attempt)).toBe(false);
  });

  it('answers although the password of an attempt that failed could not be removed', async () => {
    const username = aName();
    await crashed(username, 61);
    fakeAuth.beforeDelete = () => {
      throw new Problem('service.internal');
    };
    expect((await aNewUser(platform, username)).username).toBe(username);
    expect(platform.logLines.join('')).toContain('the password of nobody could not be removed');
  });
});

describe('signing up with an idempotency key', () => {
  it('gives every repetition the account as it was made', async () => {
    const key = newId();
    const wanted = input(aName(), { displayName: 'Ada' });
    const first = await platform.ask(users.create, wanted, withKey(key));
    await platform.ask(users.update, { id: first.id, displayName: 'Bea' }, { as: anAdmin() });
    expect(await platform.ask(users.create, wanted, withKey(key))).toEqual(first);
    expect(fakeAuth.asked).toBe(1);
  });

  it('makes one account of 20 parallel repetitions, all with the same answer', async () => {
    const key = newId();
    const wanted = input();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.ask(users.create, wanted, withKey(key))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await rows(wanted.username)).toHaveLength(1);
  });

  it('completes what a crash between the two steps left', async () => {
    const [key, username] = [newId(), aName()];
    await crashed(username, 5, key);
    const [before] = await rows(username);
    const user = await platform.ask(users.create, input(username), withKey(key));
    expect(user.id).toBe(before?.id);
    expect(await rows(username)).toEqual([{ id: user.id, status: 'active' }]);
    expect(fakeAuth.passwords.get(user.id)).toBe(GOOD_PASSWORD);
  });

  it('makes one account when parallel repetitions take the place of one that crashed', async () => {
    const [key, username] = [newId(), aName()];
    await crashed(username, 61);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => platform.ask(users.create, input(username), withKey(key))),
    );
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    expect(await rows(username)).toMatchObject([{ status: 'active' }]);
  });

  it('is refused for another request, another password included', async () => {
    const key = newId();
    const reused = { code: 'idempotency.key-reused' };
    const wanted = input();
    fakeAuth.afterSet = async () => {
      const other = { ...wanted, password: `another ${GOOD_PASSWORD}` };
      fakeAuth.afterSet = () => undefined;
      await expect(platform.ask(users.create, other, withKey(key))).rejects.toMatchObject(reused);
    };
    const user = await platform.ask(users.create, wanted, withKey(key));
    await expect(platform.ask(users.create, input(), withKey(key))).rejects.toMatchObject(reused);
    expect(fakeAuth.passwords.get(user.id)).toBe(GOOD_PASSWORD);
  });

  it('does not meet the same key of somebody else', async () => {
    const key = newId();
    const one = await platform.ask(users.create, input(), withKey(key));
    const other = await platform.ask(users.create, input(), { as: aUser(), ...withKey(key) });
    expect(other.id).not.toBe(one.id);
  });

  it('is refused when the key is no key', async () => {
    await expect(platform.ask(users.create, input(), withKey('a b'))).rejects.toMatchObject({
      code: 'idempotency.key-invalid',
    });
  });
});
