import { z } from 'zod';
import { Id, Instant, Nothing } from './fields.js';
import { messagesOf } from './message.js';
import { Permission, Role } from './permissions.js';
import { Password, Username } from './users.js';

const message = messagesOf('auth');

export const Credentials = z
  .strictObject({ username: Username, password: Password })
  .meta({ id: 'Credentials' });
export type Credentials = z.infer<typeof Credentials>;

/** Named as RFC 6749 names them. */
export const Tokens = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('bearer'),
    expires_in: z.int().meta({ description: 'seconds the access token is valid' }),
    refresh_token: z.string(),
  })
  .meta({ id: 'Tokens' });
export type Tokens = z.infer<typeof Tokens>;

export const Session = z
  .strictObject({
    id: Id,
    isCurrent: z.boolean(),
    createdAt: Instant,
    lastUsedAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Session' });

/** What the gateway asks about the session of a token. */
export const SessionAccess = z.strictObject({
  userId: Id,
  sessionId: Id,
  roles: z.array(Role),
  permissions: z.array(Permission),
});
export type SessionAccess = z.infer<typeof SessionAccess>;

export const auth = {
  createSession: message({
    name: 'create-session',
    // Run again after a crash, it leaves one more session, whose tokens nobody has.
    effect: 'idempotent',
    summary: 'Signs in with user name and password',
    access: { by: 'anyone' },
    input: Credentials,
    output: Tokens,
    problems: ['auth.credentials-wrong', 'auth.busy'],
  }),
  refreshSession: message({
    name: 'refresh-session',
    effect: 'once',
    summary: 'Trades a refresh token for new tokens; each refresh token works once',
    access: { by: 'anyone' },
    input: z.strictObject({ refresh_token: z.string().min(1).max(512) }),
    output: Tokens,
    problems: ['auth.refresh-token-invalid'],
  }),
  listSessions: message({
    name: 'list-sessions',
    effect: 'none',
    summary: 'Your own sessions',
    access: { by: 'signed-in' },
    input: z.strictObject({}),
    output: z.strictObject({ items: z.array(Session), next: z.null() }).meta({ id: 'SessionPage' }),
  }),
  deleteSession: message({
    name: 'delete-session',
    effect: 'idempotent',
    summary: 'Signs out: ends one of your sessions; its tokens are refused from then on',
    access: { by: 'signed-in' },
    input: z.strictObject({ id: Id }),
    output: Nothing,
    problems: ['auth.session-unknown'],
  }),
  verify: message({
    name: 'verify',
    effect: 'none',
    summary: 'Tells whether you hold a permission, and why',
    access: { by: 'signed-in' },
    input: z.strictObject({ permission: Permission }),
    output: z
      .strictObject({ allowed: z.boolean(), reason: z.string() })
      .meta({ id: 'PermissionVerdict' }),
  }),
  changePassword: message({
    name: 'change-password',
    effect: 'once',
    summary: 'Changes your password and ends your other sessions',
    access: { by: 'signed-in' },
    guards: 'privacy',
    input: z.strictObject({ current: Password, replacement: Password }),
    output: Nothing,
    problems: ['auth.credentials-wrong', 'auth.password-unacceptable', 'auth.busy'],
  }),
  checkSession: message({
    name: 'check-session',
    effect: 'none',
    summary: 'Who a session belongs to and what it may do now; null when it has ended',
    access: { by: 'service', callers: ['gateway'] },
    input: z.strictObject({ sessionId: Id }),
    output: SessionAccess.nullable(),
  }),
  setCredential: message({
    name: 'set-credential',
    effect: 'idempotent',
    summary: 'Sets the password of a new account; one that is set is never replaced',
    access: { by: 'service', callers: ['users'] },
    input: z.strictObject({ userId: Id, username: Username, password: Password }),
    output: Nothing,
    problems: [
      'auth.password-unacceptable',
      'auth.busy',
      'auth.credential-exists',
      'auth.account-gone',
    ],
  }),
};
