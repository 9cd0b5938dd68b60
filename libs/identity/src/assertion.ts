import { Permission, Role, type ServiceName } from '@courtside/contracts';
import { anonymous, type Clock, type Identity } from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { signJws, verifyJws } from './jws.js';
import type { SigningKey, VerificationKeys } from './keys.js';

/** `typ` of the token by which the gateway tells a service who asks. */
const ASSERTION = 'assertion+jwt';
/** How long an assertion lives, and how early it is made anew, seconds. */
const LIFE_SECONDS = 60;
const RENEW_BEFORE_SECONDS = 15;
/** Users times services whose assertion is kept. */
const KEPT_MAX = 20_000;

const Claims = z.object({
  iss: z.literal('gateway'),
  aud: z.string(),
  exp: z.number(),
  sub: z.string().optional(),
  sid: z.string().optional(),
  roles: z.array(Role).default([]),
  permissions: z.array(Permission).default([]),
});

/** An assertion that proved genuine. */
export interface Assertion {
  readonly identity: Identity;
  /** The service it was made for. */
  readonly audience: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/**
 * Makes the gateway's assertions. Signing costs more than a hop, so one is made for each user and
 * target service and used while it lives.
 */
export class AssertionMint {
  private readonly kept = new LRUCache<string, { token: string; renewAt: number }>({
    max: KEPT_MAX,
  });

  constructor(
    private readonly key: SigningKey,
    private readonly clock: Clock,
  ) {}

  mint(identity: Identity, audience: ServiceName): string {
    const now = this.clock.now();
    const name = nameOf(identity, audience);
    const known = this.kept.get(name);
    if (known && known.renewAt > now) return known.token;
    const seconds = Math.floor(now / 1_000);
    const token = signJws(
      ASSERTION,
      {
        iss: 'gateway',
        aud: audience,
        iat: seconds,
        exp: seconds + LIFE_SECONDS,
        ...claims(identity),
      },
      this.key,
    );
    this.kept.set(name, { token, renewAt: now + (LIFE_SECONDS - RENEW_BEFORE_SECONDS) * 1_000 });
    return token;
  }
}

/** Reads an assertion; undefined when it is not genuine. Expiry is for the caller to look at. */
export function readAssertion(token: string, keys: VerificationKeys): Assertion | undefined {
  const verified = verifyJws(ASSERTION, token, keys);
  if (!verified?.kid.startsWith('gateway.')) return undefined;
  const result = Claims.safeParse(verified.payload);
  if (!result.success) return undefined;
  const { aud, exp, sub, sid, roles, permissions } = result.data;
  const identity: Identity =
    sub && sid ? { kind: 'user', userId: sub, sessionId: sid, roles, permissions } : anonymous;
  return { identity, audience: aud, expiresAt: exp * 1_000 };
}

/** Changed roles or permissions make another name, so an old assertion is never reused for them. */
function nameOf(identity: Identity, audience: string): string {
  if (identity.kind === 'anonymous') return audience;
  const { sessionId, roles, permissions } = identity;
  return `${audience} ${sessionId} ${roles.join()} ${permissions.join()}`;
}

function claims(identity: Identity): object {
  if (identity.kind === 'anonymous') return {};
  const { userId, sessionId, roles, permissions } = identity;
  return { sub: userId, sid: sessionId, roles, permissions };
}
