import { effectivePermissions, type Permission, type Role } from '@courtside/contracts';
import { verdictOn } from './verdict.js';

const someone = (roles: Role[], granted: Permission[] = []) => ({
  roles,
  permissions: effectivePermissions(roles, granted),
});

describe('a verdict on a permission', () => {
  it('[1.9] names the role that permits it', () => {
    expect(verdictOn('users:list', someone(['user', 'admin']))).toEqual({
      allowed: true,
      reason: 'the role admin permits it',
    });
  });

  it('[1.9] names the grant where no role permits it', () => {
    expect(verdictOn('time:read', someone(['user'], ['time:read']))).toEqual({
      allowed: true,
      reason: 'time:read was granted to you',
    });
  });

  it('[1.9] says what is held where neither does', () => {
    expect(verdictOn('time:read', someone(['user']))).toEqual({
      allowed: false,
      reason: 'you have the role user and no grant of time:read',
    });
    expect(verdictOn('time:read', someone([]))).toEqual({
      allowed: false,
      reason: 'you have no role and no grant of time:read',
    });
  });
});
