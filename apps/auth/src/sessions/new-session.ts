import { digestOf, type RefreshToken } from './refresh-token.js';
import { Session } from './session.entity.js';

/** A session as it begins, refreshed by `token` for the first time. */
export function newSession(
  userId: string,
  { sessionId, family, secret }: RefreshToken,
  { now, ttlMs }: { readonly now: number; readonly ttlMs: number },
): Session {
  return Object.assign(new Session(), {
    id: sessionId,
    userId,
    familyDigest: digestOf(family),
    refreshDigest: digestOf(secret),
    createdAt: new Date(now),
    lastUsedAt: new Date(now),
    expiresAt: new Date(now + ttlMs),
    endedAt: null,
  });
}
