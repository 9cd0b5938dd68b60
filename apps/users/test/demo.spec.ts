import { demoUsers, users } from '@courtside/contracts';
import { anAdmin } from '@courtside/testing';
import { startApp } from '@courtside/service';
import { app } from '../src/app.js';
import { aUsersService, query, toldOf } from './users.js';

describe('the demo profile', () => {
  it('[4.13] fills an empty table with the users admin and user, and leaves them as they became', async () => {
    const platform = await aUsersService({ DEMO: 'true' });
    try {
      const restart = async () => {
        await platform.stop('users');
        await platform.start(app);
      };
      const list = () => platform.ask(users.list, { sort: 'username' }, { as: anAdmin() });
      expect((await list()).items).toMatchObject(
        demoUsers.map(({ id, username, roles }) => ({ id, username, roles: [...roles] })),
      );
      const [, { id }] = demoUsers;
      await platform.ask(users.update, { id, displayName: 'Renamed' }, { as: anAdmin() });
      await restart();
      const { items } = await list();
      expect(items.map((user) => user.displayName)).toEqual([null, 'Renamed']);
      await platform.ask(users.delete, { id }, { as: anAdmin() });
      await restart();
      expect((await list()).items).toHaveLength(1);
      await query(platform, 'DELETE FROM "user"');
      await restart();
      expect((await list()).items).toHaveLength(2);
      expect(await toldOf(platform, id)).toEqual(['users.created', 'users.deleted']);
    } finally {
      await platform.close();
    }
  }, 30_000);

  it('[4.13] is refused in production, and without it nobody is there', async () => {
    const platform = await aUsersService();
    try {
      const page = await platform.ask(users.list, {}, { as: anAdmin() });
      expect(page).toEqual({ items: [], next: null });
      const env = { ...platform.environmentOf('users'), DEMO: 'true', NODE_ENV: 'production' };
      await expect(startApp(app, env)).rejects.toThrow(/DEMO: the demo profile .* is refused/);
    } finally {
      await platform.close();
    }
  }, 30_000);
});
