import type { User } from '@courtside/contracts';
import type { Account } from './account.entity.js';

/** An account as others see it. */
export const userOf = (account: Account, isProtected: boolean): User => ({
  id: account.id,
  username: account.username,
  displayName: account.displayName,
  email: account.email,
  roles: account.roles,
  permissions: account.permissions,
  isProtected,
  version: account.version,
  createdAt: account.createdAt.toISOString(),
  updatedAt: account.updatedAt.toISOString(),
});
