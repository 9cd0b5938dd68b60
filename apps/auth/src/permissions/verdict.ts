import { rolePermissions, type Permission } from '@courtside/contracts';
import type { UserIdentity } from '@courtside/service';

export interface Verdict {
  readonly allowed: boolean;
  /** Names the role or grant that decides. */
  readonly reason: string;
}

/** Whether someone holds a permission, and why. */
export function verdictOn(
  permission: Permission,
  { roles, permissions }: Pick<UserIdentity, 'roles' | 'permissions'>,
): Verdict {
  if (!permissions.includes(permission)) {
    const held = roles.length > 0 ? `the role ${roles.join(', ')}` : 'no role';
    return { allowed: false, reason: `you have ${held} and no grant of ${permission}` };
  }
  const role = roles.find((each) =>
    (rolePermissions[each] as readonly string[]).includes(permission),
  );
  const reason = role ? `the role ${role} permits it` : `${permission} was granted to you`;
  return { allowed: true, reason };
}
