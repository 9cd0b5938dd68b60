import { ProtectedUsers } from './accounts/protected-users.js';
import { usersConfig } from './config.js';

const environment = {
  REDIS_URL: 'memory:',
  DATABASE_URL: 'postgres://users@localhost/courtside',
  SERVICE_KEY: 'key',
  SERVICE_JWKS: 'jwks',
};
const withProtected = (list: string) =>
  new ProtectedUsers(usersConfig.parse({ ...environment, PROTECTED_USERS: list }));

describe('the settings of users', () => {
  it('[4.9] name protected users by name in any case or by id, and nobody by default', () => {
    const id = '01938000-0000-7000-8000-000000000001';
    const users = withProtected(` Admin ,${id.toUpperCase()},, `);
    expect(users.includes({ id: 'other', username: 'aDMIN' })).toBe(true);
    expect(users.includes({ id, username: 'other' })).toBe(true);
    expect(users.includes({ id: 'other', username: 'adm' })).toBe(false);
    expect(withProtected('').includes({ id, username: 'admin' })).toBe(false);
  });

  it('[4.13] refuse the demo profile in production alone', () => {
    const accepts = (NODE_ENV: string, DEMO: string) =>
      usersConfig.safeParse({ ...environment, NODE_ENV, DEMO }).success;
    expect(accepts('production', 'true')).toBe(false);
    expect(accepts('production', 'false')).toBe(true);
    expect(accepts('development', 'true')).toBe(true);
  });
});
