import { users } from '@courtside/contracts';
import { startApp, type Environment } from '@courtside/service';
import { anAdmin, eventually, type TestPlatform } from '@courtside/testing';
import { app } from '../src/app.js';
import { fakeAuth } from './fake-auth.js';
import { aNewUser, aUsersService, GOOD_PASSWORD, query, startAuth, toldOf } from './users.js';

const settings = { FIRST_ADMIN: 'olga', FIRST_ADMIN_PASSWORD: GOOD_PASSWORD };

let platform: TestPlatform;
afterEach(async () => {
  fakeAuth.reset();
  await platform?.close();
});

interface Row {
  readonly id: string;
  readonly username: string;
  readonly status: string;
}
const admins = () =>
  query<Row>(platform, `SELECT id, username, status FROM "user" WHERE 'admin' = ANY(roles)`);
const theAdmin = () =>
  eventually('an administrator', async () =>
    (await admins()).find(({ status }) => status === 'active'),
  );
/** One more replica, which whoever asks for it closes. */
const aReplica = (more: Environment = settings) =>
  startApp(
    app,
    { ...platform.environmentOf('users'), ...more },
    { logTo: { write: (line) => void platform.logLines.push(line) } },
  );
const said = (text: string) =>
  eventually(`the line ${text}`, () => platform.logLines.some((line) => line.includes(text)));
describe('the first administrator', () => {
  it('is made where there is none, can sign in, and stands in the log without a password', async () => {
    platform = await aUsersService(settings);
    const { id, username } = await theAdmin();
    expect(username).toBe('olga');
    expect(fakeAuth.passwords.get(id)).toBe(GOOD_PASSWORD);
    await said('made the first administrator');
    expect(platform.logLines.join('')).not.toContain(GOOD_PASSWORD);
    const access = await platform.ask(users.read, { id }, { as: anAdmin() });
    expect(access.roles).toEqual(['admin']);
  });

  it('is one, though many replicas start at once', async () => {
    platform = await aUsersService();
    const replicas = await Promise.all([1, 2, 3, 4].map(() => aReplica()));
    try {
      const { id } = await theAdmin();
      await Promise.all(replicas.map((replica) => replica.close()));
      expect(await admins()).toHaveLength(1);
      expect(await toldOf(platform, id)).toEqual(['users.created']);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });

  it('comes once auth is there, while accounts can be read all along', async () => {
    platform = await aUsersService(settings, { withoutAuth: true });
    await said('the first administrator has to wait');
    const page = await platform.ask(users.list, {}, { as: anAdmin() });
    expect(page.items).toEqual([]);
    await startAuth(platform);
    await theAdmin();
  });

  it('is not made where there is one, and keeps the password that it has', async () => {
    platform = await aUsersService(settings);
    const { id } = await theAdmin();
    await platform.stop('users');
    const asked = fakeAuth.asked;
    const changed = { FIRST_ADMIN: 'petra', FIRST_ADMIN_PASSWORD: 'another one, and long enough' };
    const again = await aReplica(changed);
    await again.close();
    expect(await admins()).toMatchObject([{ id, username: 'olga' }]);
    expect([fakeAuth.asked, fakeAuth.passwords.get(id)]).toEqual([asked, GOOD_PASSWORD]);
  });

  it('cannot be deleted or demoted for as long as there is no other', async () => {
    platform = await aUsersService(settings);
    const { id } = await theAdmin();
    const code = 'users.last-admin';
    await expect(platform.ask(users.delete, { id }, { as: anAdmin() })).rejects.toMatchObject({
      code,
    });
    const demotion = platform.ask(users.revokeRole, { id, role: 'admin' }, { as: anAdmin() });
    await expect(demotion).rejects.toMatchObject({ code });
  });

  it('is never somebody who took the name first', async () => {
    platform = await aUsersService();
    const { id } = await aNewUser(platform, 'Olga');
    await platform.stop('users');
    const replica = await aReplica();
    await said('there is no administrator, and this is none');
    await replica.close();
    expect(await admins()).toEqual([]);
    expect(fakeAuth.passwords.get(id)).toBe(GOOD_PASSWORD);
  });

  it('is made by the next process when one dies between account and password', async () => {
    platform = await aUsersService(settings);
    const { id } = await theAdmin();
    await platform.stop('users');
    await query(
      platform,
      `UPDATE "user" SET status = 'pending', pending_until = now() + interval '20 s' WHERE id = $1`,
      [id],
    );
    await platform.start(app);
    expect((await theAdmin()).id).toBe(id);
  });

  it('needs a name and a password, and a password that is one', async () => {
    platform = await aUsersService();
    const together = aReplica({ FIRST_ADMIN: 'olga' });
    await expect(together).rejects.toThrow(/FIRST_ADMIN_PASSWORD: .*together/);
    const unnamed = aReplica({ ...settings, FIRST_ADMIN: 'no name' });
    await expect(unnamed).rejects.toThrow(/FIRST_ADMIN: /);
    const replica = await aReplica({ ...settings, FIRST_ADMIN_PASSWORD: 'short' });
    await said('auth.password-unacceptable');
    await replica.close();
    expect(await admins()).toEqual([]);
  });
});
