import { effectivePermissions, type Permission, type Role } from '@courtside/contracts';
import { newId, type UserIdentity } from '@courtside/service';

/** A signed-in user for specs; without more said, one with the role `user`. */
export function aUser(
  given: { userId?: string; roles?: readonly Role[]; permissions?: readonly Permission[] } = {},
): UserIdentity {
  const roles = given.roles ?? ['user'];
  return {
    kind: 'user',
    userId: given.userId ?? newId(),
    sessionId: newId(),
    roles,
    permissions: effectivePermissions(roles, given.permissions ?? []),
  };
}

export const anAdmin = (): UserIdentity => aUser({ roles: ['admin'] });
