import { createHash, randomBytes } from 'node:crypto';

/** What all refresh tokens of a session share; tells an old token of it from a made-up one. */
const FAMILY_BYTES = 16;
/** What only the newest one has. */
const SECRET_BYTES = 32;

const TOKEN = /^([0-9a-f-]{36})\.([\w-]{22})([\w-]{43})$/;

/** An opaque token `<session>.<family><secret>`, of which the server keeps digests only. */
export interface RefreshToken {
  readonly sessionId: string;
  readonly family: string;
  readonly secret: string;
}

export const newRefreshToken = (sessionId: string): RefreshToken => ({
  sessionId,
  family: randomBytes(FAMILY_BYTES).toString('base64url'),
  secret: randomBytes(SECRET_BYTES).toString('base64url'),
});

/** The token that takes the place of this one. */
export const successorOf = ({ sessionId, family }: RefreshToken): RefreshToken => ({
  ...newRefreshToken(sessionId),
  family,
});

export const textOf = ({ sessionId, family, secret }: RefreshToken): string =>
  `${sessionId}.${family}${secret}`;

/** Undefined when the text cannot be a refresh token. */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, sessionId, family, secret] = TOKEN.exec(text) ?? [];
  return sessionId && family && secret ? { sessionId, family, secret } : undefined;
}

/** Random enough that a plain hash cannot be turned round. */
export const digestOf = (part: string): string =>
  createHash('sha256').update(part).digest('base64url');
