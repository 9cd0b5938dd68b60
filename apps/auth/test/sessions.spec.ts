import { auth, type Tokens } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { eventually } from '@courtside/testing';
import { AuthSpec } from './auth.js';
import { accounts } from './fake-users.js';

let spec: AuthSpec;
beforeAll(async () => (spec = await AuthSpec.start({ SESSION_TTL: '1h' })), 30_000);
afterAll(() => spec?.close());

const invalid = { code: 'auth.refresh-token-invalid' };
const sessionOf = (tokens: Tokens) => String(spec.claims(tokens)['sid']);
const heardOf = (what: object) => () => spec.heard.includes(JSON.stringify(what));

describe('a refresh token', () => {
  it('[4.27] works once and gives the next, for the same session', async () => {
    const user = await spec.aUser();
    const first = await spec.signIn(user);
    const second = await spec.refresh(first);
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(sessionOf(second)).toBe(sessionOf(first));
    const third = await spec.refresh(second);
    expect(await spec.check(third)).toMatchObject({ userId: user.id, roles: ['user'] });
  });

  it('[4.27] that comes a second time ends its session, and every process is told', async () => {
    const first = await spec.signIn(await spec.aUser());
    const second = await spec.refresh(first);
    await expect(spec.refresh(first)).rejects.toMatchObject(invalid);
    await eventually('the broadcast', heardOf({ sessionId: sessionOf(first) }));
    expect(await spec.check(second)).toBeNull();
    await expect(spec.refresh(second)).rejects.toMatchObject(invalid);
  });

  it('[4.27] gives at most one new token to 20 who come with it at once', async () => {
    const tokens = await spec.signIn(await spec.aUser());
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, () => spec.refresh(tokens)),
    );
    const refused = results.filter((each) => each.status === 'rejected');
    expect(results.length - refused.length).toBeLessThanOrEqual(1);
    for (const { reason } of refused) expect(reason).toMatchObject(invalid);
  });

  it('that was never given is refused and ends nothing', async () => {
    const tokens = await spec.signIn(await spec.aUser());
    const [sessionId] = tokens.refresh_token.split('.');
    const madeUp = [
      `${sessionId}.${'A'.repeat(65)}`,
      `${newId()}.${tokens.refresh_token.split('.')[1]}`,
      tokens.access_token.slice(0, 512),
      'nonsense',
    ];
    for (const refresh_token of madeUp) {
      await expect(spec.refresh({ ...tokens, refresh_token })).rejects.toMatchObject(invalid);
    }
    await expect(spec.refresh(tokens)).resolves.toBeDefined();
  });

  it('is kept as a digest only', async () => {
    const tokens = await spec.signIn(await spec.aUser());
    const [, secret = ''] = tokens.refresh_token.split('.');
    const stored = JSON.stringify(
      await spec.query('SELECT * FROM session WHERE id = $1', [sessionOf(tokens)]),
    );
    expect(stored).not.toContain(secret.slice(0, 22));
    expect(stored).not.toContain(secret.slice(22));
  });

  it('is refused once the session is over, however often it was refreshed', async () => {
    const user = await spec.aUser();
    const tokens = await spec.refresh(await spec.signIn(user));
    await spec.query(`UPDATE session SET expires_at = now() WHERE id = $1`, [sessionOf(tokens)]);
    await expect(spec.refresh(tokens)).rejects.toMatchObject(invalid);
    expect(await spec.check(tokens)).toBeNull();
    await spec.signIn(user);
    expect(await spec.query('SELECT 1 FROM session WHERE id = $1', [sessionOf(tokens)])).toEqual(
      [],
    );
  });

  it('is refused to an account that is gone, and its session ends', async () => {
    const user = await spec.aUser();
    const tokens = await spec.signIn(user);
    accounts.delete(user.id);
    expect(await spec.check(tokens)).toBeNull();
    await expect(spec.refresh(tokens)).rejects.toMatchObject(invalid);
    await eventually('the broadcast', heardOf({ sessionId: sessionOf(tokens) }));
  });
});

describe('a session', () => {
  it('[4.27] is over after signing out: no token of it works, every process is told', async () => {
    const user = await spec.aUser();
    const tokens = await spec.signIn(user);
    const as = spec.identityOf(tokens, user);
    await spec.platform.ask(auth.deleteSession, { id: as.sessionId }, { as });
    expect(await spec.check(tokens)).toBeNull();
    await expect(spec.refresh(tokens)).rejects.toMatchObject(invalid);
    await eventually('the broadcast', heardOf({ sessionId: as.sessionId }));
    const repeated = spec.platform.ask(auth.deleteSession, { id: as.sessionId }, { as });
    await expect(repeated).resolves.toBeNull();
  });

  it('is shown to its user among the others, and ended by nobody else', async () => {
    const user = await spec.aUser();
    const [first, second] = [await spec.signIn(user), await spec.signIn(user)];
    const as = spec.identityOf(first, user);
    const { items, next } = await spec.platform.ask(auth.listSessions, {}, { as });
    expect(next).toBeNull();
    expect(items.map(({ id, isCurrent }) => ({ id, isCurrent }))).toEqual([
      { id: sessionOf(second), isCurrent: false },
      { id: sessionOf(first), isCurrent: true },
    ]);
    const hour = 3_600_000;
    const { createdAt, expiresAt } = items[0]!;
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(hour);
    const stranger = await spec.aUser();
    const asStranger = spec.identityOf(await spec.signIn(stranger), stranger);
    await expect(
      spec.platform.ask(auth.deleteSession, { id: as.sessionId }, { as: asStranger }),
    ).rejects.toMatchObject({ code: 'auth.session-unknown' });
    await expect(
      spec.platform.ask(auth.deleteSession, { id: newId() }, { as }),
    ).rejects.toMatchObject({ code: 'auth.session-unknown' });
  });

  it('shows what its user may do now, not when signing in', async () => {
    const user = await spec.aUser();
    const tokens = await spec.signIn(user);
    accounts.set(user.id, { ...user, roles: ['admin'], permissions: ['time:read'] });
    expect(await spec.check(tokens)).toMatchObject({
      roles: ['admin'],
      permissions: ['time:read'],
    });
    accounts.set(user.id, { ...user, status: 'pending' });
    expect(await spec.check(tokens)).toBeNull();
  });

  it('that never was is none', async () => {
    expect(await spec.platform.ask(auth.checkSession, { sessionId: newId() })).toBeNull();
  });
});
