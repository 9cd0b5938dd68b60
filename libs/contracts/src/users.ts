import { z } from 'zod';
import { eventsOf } from './event.js';
import { Id, Instant, Nothing, pageFields, pageOf, text } from './fields.js';
import { messagesOf } from './message.js';
import { Permission, Role } from './permissions.js';

const message = messagesOf('users');
const event = eventsOf('users');

/** Unique without regard to case; no look-alikes from other scripts. */
export const Username = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"')
  .meta({ id: 'Username' });

/** Any password a person may send; what is acceptable as a new one is for auth to say. */
export const PASSWORD_BYTES_MAX = 1_024;
export const Password = z
  .string()
  .min(1)
  .refine((value) => new TextEncoder().encode(value).length <= PASSWORD_BYTES_MAX, {
    message: `must be at most ${PASSWORD_BYTES_MAX} bytes`,
  })
  .meta({ id: 'Password', format: 'password' });

export const User = z
  .strictObject({
    id: Id,
    username: z.string(),
    displayName: z.string().nullable(),
    email: z.string().nullable(),
    roles: z.array(Role),
    permissions: z.array(Permission).meta({ description: 'granted one by one, beside the roles' }),
    isProtected: z.boolean(),
    version: z.int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

const profile = {
  displayName: text(1, 120).nullable().optional(),
  email: z.email().max(254).nullable().optional(),
};

export const CreateUser = z
  .strictObject({ username: Username, password: Password, ...profile })
  .meta({ id: 'CreateUser' });
export type CreateUser = z.infer<typeof CreateUser>;

export const UpdateUser = z.strictObject({ id: Id, ...profile }).meta({ id: 'UpdateUser' });
export type UpdateUser = z.infer<typeof UpdateUser>;

export const userSorts = ['username', '-username', 'createdAt', '-createdAt'] as const;
export const ListUsers = z.strictObject({
  ...pageFields,
  search: text(1, 100).optional().meta({ description: 'part of the user name' }),
  sort: z.enum(userSorts).default('createdAt'),
});
export type ListUsers = z.infer<typeof ListUsers>;

/** What a user may do, as the gateway and auth need it. */
export const UserAccess = z.strictObject({
  id: Id,
  username: z.string(),
  status: z.enum(['pending', 'active']),
  roles: z.array(Role),
  permissions: z.array(Permission).meta({ description: 'of the roles and of single grants' }),
});
export type UserAccess = z.infer<typeof UserAccess>;

const grantAccess = { by: 'permission', permission: 'users:grant' } as const;
const PermissionGrant = z.strictObject({ id: Id, permission: Permission });
const RoleGrant = z.strictObject({ id: Id, role: Role });

export const users = {
  create: message({
    name: 'create',
    effect: 'once',
    summary: 'Signs up: makes an account and its password',
    access: { by: 'anyone' },
    input: CreateUser,
    output: User,
    problems: [
      'users.username-taken',
      'auth.password-unacceptable',
      'auth.busy',
      'idempotency.key-reused',
      'idempotency.key-invalid',
    ],
  }),
  list: message({
    name: 'list',
    effect: 'none',
    summary: 'All users, page by page',
    access: { by: 'permission', permission: 'users:list' },
    input: ListUsers,
    output: pageOf(User, 'UserPage'),
  }),
  read: message({
    name: 'read',
    effect: 'none',
    summary: 'One user: oneself, or any with permission',
    access: { by: 'permission', permission: 'users:read', orSelf: 'id' },
    input: z.strictObject({ id: Id }),
    output: User,
    problems: ['users.unknown'],
  }),
  update: message({
    name: 'update',
    effect: 'idempotent',
    summary: 'Changes the profile; a field that is not sent stays',
    access: { by: 'permission', permission: 'users:update', orSelf: 'id' },
    guards: 'privacy',
    input: UpdateUser,
    output: User,
    problems: ['users.unknown', 'request.precondition-failed'],
  }),
  delete: message({
    name: 'delete',
    effect: 'idempotent',
    summary: 'Deletes an account at once, and with it its password and its sessions',
    access: { by: 'permission', permission: 'users:delete', orSelf: 'id' },
    guards: 'privacy',
    input: z.strictObject({ id: Id }),
    output: Nothing,
    problems: [
      'users.unknown',
      'users.protected',
      'users.last-admin',
      'request.precondition-failed',
      'idempotency.key-reused',
      'idempotency.key-invalid',
    ],
  }),
  grantPermission: message({
    name: 'grant-permission',
    effect: 'idempotent',
    summary: 'Grants one permission to a user, never to oneself',
    access: grantAccess,
    guards: 'role',
    input: PermissionGrant,
    output: User,
    problems: ['users.unknown', 'users.own-access'],
  }),
  revokePermission: message({
    name: 'revoke-permission',
    effect: 'idempotent',
    summary: 'Takes one granted permission back',
    access: grantAccess,
    guards: 'role',
    input: PermissionGrant,
    output: User,
    problems: ['users.unknown', 'users.own-access'],
  }),
  grantRole: message({
    name: 'grant-role',
    effect: 'idempotent',
    summary: 'Gives a user a role',
    access: grantAccess,
    guards: 'role',
    input: RoleGrant,
    output: User,
    problems: ['users.unknown', 'users.own-access'],
  }),
  revokeRole: message({
    name: 'revoke-role',
    effect: 'idempotent',
    summary: 'Takes a role from a user; a protected user keeps its roles',
    access: grantAccess,
    guards: 'role',
    input: RoleGrant,
    output: User,
    problems: ['users.unknown', 'users.own-access', 'users.protected', 'users.last-admin'],
  }),
  findAccess: message({
    name: 'find-access',
    effect: 'none',
    summary: 'What the user of this name may do; null when there is none',
    access: { by: 'service', callers: ['auth'] },
    input: z.strictObject({ username: Username }),
    output: UserAccess.nullable(),
  }),
  readAccess: message({
    name: 'read-access',
    effect: 'none',
    summary: 'What the user of this id may do; null when there is none',
    access: { by: 'service', callers: ['auth'] },
    input: z.strictObject({ id: Id }),
    output: UserAccess.nullable(),
  }),
};

export const userEvents = {
  created: event({
    name: 'created',
    version: 1,
    summary: 'An account is complete: its user can sign in',
    data: z.strictObject({ userId: Id, roles: z.array(Role) }),
  }),
  deleted: event({
    name: 'deleted',
    version: 1,
    summary: 'An account is gone; what others keep of its user must go too',
    data: z.strictObject({ userId: Id }),
  }),
  signUpCalledOff: event({
    name: 'sign-up-called-off',
    version: 1,
    summary: 'A sign-up ended without an account; a password set for it belongs to nobody',
    data: z.strictObject({ userId: Id }),
  }),
};
