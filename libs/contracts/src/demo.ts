import type { Role } from './permissions.js';

/** The users of the demo profile. Their ids are fixed: users and auth seed them apart. */
export const demoUsers = [
  { id: '01938000-0000-7000-8000-000000000001', username: 'admin', roles: ['admin'] },
  { id: '01938000-0000-7000-8000-000000000002', username: 'user', roles: ['user'] },
] as const satisfies readonly { id: string; username: string; roles: readonly Role[] }[];

/** The password of both; the demo profile is refused in production. */
export const DEMO_PASSWORD = 'a';
