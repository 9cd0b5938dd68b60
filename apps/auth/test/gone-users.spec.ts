import { auth, userEvents } from '@courtside/contracts';
import { Cleaning } from '@courtside/database';
import { newId } from '@courtside/service';
import { eventually } from '@courtside/testing';
import { AuthSpec, GOOD_PASSWORD } from './auth.js';
import { anAccount } from './fake-users.js';

let spec: AuthSpec;
beforeAll(async () => (spec = await AuthSpec.start()), 30_000);
afterAll(() => spec?.close());

const wrong = { code: 'auth.credentials-wrong' };
const gone = { code: 'auth.account-gone' };

const timesHeard = (userId: string) =>
  spec.heard.filter((text) => text === JSON.stringify({ userId })).length;
/** What is kept of a user: at most the note that the account is gone. */
const keptOf = (userId: string) =>
  spec.query<{ hash: string | null; sessions: number }>(
    `SELECT hashed_password AS hash,
       (SELECT count(*)::int FROM session WHERE user_id = $1) AS sessions
     FROM credential WHERE user_id = $1`,
    [userId],
  );
const nothingKeptOf = (userId: string) =>
  eventually('nothing to be kept of the user', async () => {
    const [kept] = await keptOf(userId);
    return kept?.hash === null && kept.sessions === 0;
  });

describe.each([userEvents.deleted, userEvents.signUpCalledOff])('after $name', (event) => {
  it('password and sessions are gone, and every process is told', async () => {
    const user = await spec.aUser();
    const other = await spec.aUser();
    const [tokens, kept] = [await spec.signIn(user), await spec.signIn(other)];
    await spec.tell(event, user.id);
    await nothingKeptOf(user.id);
    expect(await spec.check(tokens)).toBeNull();
    await expect(spec.refresh(tokens)).rejects.toMatchObject({
      code: 'auth.refresh-token-invalid',
    });
    await expect(spec.signIn(user)).rejects.toMatchObject(wrong);
    await eventually('the broadcast', () => timesHeard(user.id) === 1);
    expect(await spec.check(kept)).not.toBeNull();
  });

  it('no password is set any more, however late the message for it comes', async () => {
    const { id: userId, username } = anAccount();
    await spec.tell(event, userId);
    await nothingKeptOf(userId);
    await expect(
      spec.asUsers(auth.setCredential, { userId, username, password: GOOD_PASSWORD }),
    ).rejects.toMatchObject(gone);
    expect(await keptOf(userId)).toEqual([{ hash: null, sessions: 0 }]);
  });

  it('told twice, or once more under another id, it is as after once', async () => {
    const user = await spec.aUser();
    const told = await spec.tell(event, user.id);
    await spec.tellAgain(event, told);
    await spec.tell(event, user.id);
    // A process that died between its commit and the broadcast has told nobody.
    await eventually('a broadcast for each', () => timesHeard(user.id) === 3);
    await nothingKeptOf(user.id);
    expect(await spec.query('SELECT topic FROM inbox WHERE event_id = $1', [told.id])).toEqual([
      { topic: event.name },
    ]);
  });
});

describe('an account that goes', () => {
  it('takes the password with it that is set at the same moment', async () => {
    const accounts = Array.from({ length: 12 }, () => anAccount());
    await Promise.all(
      accounts.flatMap(({ id: userId, username }) => [
        spec
          .asUsers(auth.setCredential, { userId, username, password: GOOD_PASSWORD })
          .catch((problem: unknown) => expect(problem).toMatchObject(gone)),
        spec.tell(userEvents.signUpCalledOff, userId),
      ]),
    );
    for (const { id } of accounts) await nothingKeptOf(id);
  });

  it('leaves no session that is opened and no password that is changed at the same moment', async () => {
    const user = await spec.aUser();
    const as = spec.identityOf(await spec.signIn(user), user);
    const [current, replacement] = [GOOD_PASSWORD, `another ${GOOD_PASSWORD}`];
    const attempts = await Promise.allSettled([
      ...Array.from({ length: 4 }, () => spec.signIn(user)),
      spec.platform.ask(auth.changePassword, { current, replacement }, { as }),
      spec.tell(userEvents.deleted, user.id),
      ...Array.from({ length: 4 }, () => spec.signIn(user)),
    ]);
    const refusals = attempts.flatMap((each) => (each.status === 'rejected' ? each.reason : []));
    for (const refusal of refusals) expect(refusal).toMatchObject(wrong);
    await nothingKeptOf(user.id);
  });

  it('is remembered for a week', async () => {
    const user = await spec.aUser();
    const [old, recent] = [newId(), newId()];
    await spec.query(
      `INSERT INTO credential (user_id, version, updated_at)
       VALUES ($1, 0, now() - interval '8 days'), ($2, 0, now() - interval '6 days')`,
      [old, recent],
    );
    await spec.query(
      `UPDATE credential SET updated_at = now() - interval '8 days' WHERE user_id = $1`,
      [user.id],
    );
    await spec.platform.running.get('auth')!.context.get(Cleaning, { strict: false }).run();
    expect([await keptOf(old), await keptOf(recent)]).toMatchObject([[], [{ hash: null }]]);
    await expect(spec.signIn(user)).resolves.toBeDefined();
  });
});
