import { users, userSorts, type Problem, type User } from '@courtside/contracts';
import { anAdmin, type TestPlatform } from '@courtside/testing';
import { aNewUser, aUsersService, query } from './users.js';

const as = anAdmin();
const names = ['Ada', 'bea', 'Cleo', 'dora', 'Adam_1', 'x.Ada'];
let platform: TestPlatform;

beforeAll(async () => {
  platform = await aUsersService();
  for (const name of names) await aNewUser(platform, name);
  // Some share the instant they were made: the order must still be one.
  await query(platform, `UPDATE "user" SET created_at = now() WHERE lower(username) < 'c'`);
}, 30_000);
afterAll(() => platform?.close());

/** The whole list, read page by page. */
async function pages(sort: (typeof userSorts)[number], limit: number): Promise<User[]> {
  const all: User[] = [];
  let cursor: string | undefined;
  do {
    const page = await platform.ask(users.list, { sort, limit, cursor }, { as });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    all.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor);
  return all;
}

describe('the list of users', () => {
  it.each(userSorts)('[4.6] loses and repeats nobody between pages, sorted by %s', async (sort) => {
    const whole = (await platform.ask(users.list, { sort }, { as })).items;
    expect(whole).toHaveLength(names.length);
    for (const limit of [1, 2, 4]) expect(await pages(sort, limit)).toEqual(whole);
    const field = sort.replace('-', '') as 'username' | 'createdAt';
    const sorted = whole.map((user) => user[field].toLowerCase());
    expect(sorted).toEqual(
      sort.startsWith('-') ? [...sorted].sort().reverse() : [...sorted].sort(),
    );
  });

  it('[4.6] finds by part of the name, in any case, and knows no wildcards', async () => {
    const found = async (search: string) => {
      const { items } = await platform.ask(users.list, { search, sort: 'username' }, { as });
      return items.map((user) => user.username);
    };
    expect(await found('ADA')).toEqual(['Ada', 'Adam_1', 'x.Ada']);
    expect(await found('_')).toEqual(['Adam_1']);
    expect(await found('%')).toEqual([]);
    expect(await found(`'; DROP TABLE "user"; --`)).toEqual([]);
  });

  it('[4.6] refuses cursors that it did not give for this order', async () => {
    const byName = await platform.ask(users.list, { sort: 'username', limit: 1 }, { as });
    const forged = [['not a time', 'not an id'], [1, 2], {}, 'text'].map((value) =>
      Buffer.from(JSON.stringify(value)).toString('base64url'),
    );
    for (const cursor of [byName.next!, 'garbage', ...forged]) {
      const answer = platform.ask(users.list, { sort: 'createdAt', cursor }, { as });
      await expect(answer).rejects.toMatchObject({
        code: 'request.invalid',
        errors: [{ pointer: '/cursor' }],
      } satisfies Partial<Record<keyof Problem, unknown>>);
    }
  });

  it('shows nobody who is signing up', async () => {
    const { id } = await aNewUser(platform, 'unfinished');
    const pending = `UPDATE "user" SET status = 'pending', pending_until = now() + interval '1 h'
      WHERE id = $1`;
    await query(platform, pending, [id]);
    const { items } = await platform.ask(users.list, { search: 'unfinished' }, { as });
    expect(items).toEqual([]);
    await expect(platform.ask(users.read, { id }, { as })).rejects.toMatchObject({
      code: 'users.unknown',
    });
    await query(platform, 'DELETE FROM "user" WHERE id = $1', [id]);
  });
});
