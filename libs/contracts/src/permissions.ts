import { z } from 'zod';

/**
 * Everything that can be permitted, `subject:verb`. The list is `x-open`: it grows, and whoever reads an
 * answer expects values that it does not know.
 */
export const permissions = [
  'users:list',
  'users:read',
  'users:update',
  'users:delete',
  'users:grant',
  'products:create',
  'products:update',
  'orders:create',
  'orders:read',
  'orders:cancel',
  'time:read',
] as const;
export const Permission = z.enum(permissions).meta({ id: 'Permission', 'x-open': true });
export type Permission = z.infer<typeof Permission>;

/** What each role permits by itself; single permissions are granted beside roles. */
export const rolePermissions = {
  admin: permissions,
  user: ['orders:create', 'orders:read', 'orders:cancel'],
} as const satisfies Record<string, readonly Permission[]>;

export const Role = z.enum(['admin', 'user']).meta({ id: 'Role', 'x-open': true });
export type Role = z.infer<typeof Role>;

/** All that roles and single grants permit together, in the order of the table. */
export function effectivePermissions(
  roles: readonly Role[],
  granted: readonly Permission[],
): Permission[] {
  const all = new Set<Permission>(granted);
  for (const role of roles) for (const permission of rolePermissions[role]) all.add(permission);
  return permissions.filter((permission) => all.has(permission));
}
