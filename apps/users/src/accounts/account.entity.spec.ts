import { newAccount } from './new-account.js';
import { userOf } from './user-of.js';

const now = new Date('2026-01-02T03:04:05.678Z');
const anAccount = (roles: ('admin' | 'user')[] = ['user']) =>
  newAccount({ id: 'id', username: 'Ada', roles, now });
const ordinary = { isProtected: false, isLastAdmin: false };

describe('an account', () => {
  it('holds each permission and each role once', () => {
    const account = anAccount();
    account.grant('time:read');
    account.grant('time:read');
    account.giveRole('user');
    account.giveRole('admin');
    expect([account.permissions, account.roles]).toEqual([['time:read'], ['user', 'admin']]);
    account.revoke('time:read');
    account.revoke('users:list');
    account.takeRole('admin', ordinary);
    expect([account.permissions, account.roles]).toEqual([[], ['user']]);
  });

  it('keeps a field of its profile that is not sent, and loses one that is sent as null', () => {
    const account = anAccount();
    account.changeProfile({ displayName: 'Ada', email: 'ada@example.org' });
    account.changeProfile({ displayName: null });
    expect(account).toMatchObject({ displayName: null, email: 'ada@example.org' });
    account.changeProfile({ email: null });
    expect(account.email).toBeNull();
  });

  it('[4.9] that is protected keeps its roles and cannot be deleted', () => {
    const account = anAccount(['admin']);
    const standing = { ...ordinary, isProtected: true };
    expect(() => account.takeRole('admin', standing)).toThrow('users.protected');
    expect(() => account.demandDeletable(standing)).toThrow('users.protected');
    expect(account).toMatchObject({ roles: ['admin'], status: 'active' });
    expect(() => account.takeRole('user', standing)).not.toThrow();
  });

  it('of the last administrator keeps that role, though not others', () => {
    const account = anAccount(['admin', 'user']);
    const standing = { ...ordinary, isLastAdmin: true };
    expect(() => account.takeRole('admin', standing)).toThrow('users.last-admin');
    expect(() => account.demandDeletable(standing)).toThrow('users.last-admin');
    account.takeRole('user', standing);
    expect(account.roles).toEqual(['admin']);
  });

  it('[4.25] is shown with exactly the fields of the contract', () => {
    expect(userOf(anAccount(), true)).toEqual({
      id: 'id',
      username: 'Ada',
      displayName: null,
      email: null,
      roles: ['user'],
      permissions: [],
      isProtected: true,
      version: 1,
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    });
  });
});
