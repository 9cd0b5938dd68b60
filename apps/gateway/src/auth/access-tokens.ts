import { keyLookup, verifyJws, type KeyLookup, type VerificationKeys } from '@courtside/identity';
import type { Clock, Mounted } from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';

/** `typ` of an access token (RFC 9068). */
const ACCESS_TOKEN = 'at+jwt';
/** Tokens whose verdict is kept: as many as users that are active at once. */
const KEPT_MAX = 10_000;
/** Forged ones are kept too, so that repeating one costs little, but few: anyone can send them. */
const REFUSED_MAX = 500;
/** How far the clock of auth may be ahead, milliseconds. */
const AHEAD_MS_MAX = 5_000;

const Claims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.string().min(1),
  sid: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
  nbf: z.number().optional(),
});

/** What a genuine token says. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
}

interface Verdict extends AccessClaims {
  readonly notBefore: number;
  readonly expiresAt: number;
}

/**
 * Verifies access tokens. A signature costs more than all else on the way of a request, so the
 * verdict is kept under the exact text of the token while the keys stay the same; its times are
 * looked at on every request.
 */
export class AccessTokens {
  private readonly genuine = new LRUCache<string, Verdict>({ max: KEPT_MAX });
  private readonly refused = new LRUCache<string, true>({ max: REFUSED_MAX });
  private readonly keys: KeyLookup;
  private judgedWith: VerificationKeys;

  constructor(
    private readonly mounted: Mounted<VerificationKeys>,
    private readonly expected: { readonly issuer: string; readonly audience: string },
    private readonly clock: Clock,
  ) {
    this.keys = keyLookup(mounted);
    this.judgedWith = mounted.value;
  }

  /** Undefined when the token is not genuine, not ours, not yet or no longer valid. */
  verify(token: string): AccessClaims | undefined {
    if (this.judgedWith !== this.mounted.value) this.forget();
    const verdict = this.genuine.get(token) ?? this.judge(token);
    if (!verdict) return undefined;
    const now = this.clock.now();
    return now < verdict.expiresAt && now >= verdict.notBefore ? verdict : undefined;
  }

  /** A key may be gone, and one that was unknown may be there. */
  private forget(): void {
    this.genuine.clear();
    this.refused.clear();
    this.judgedWith = this.mounted.value;
  }

  private judge(token: string): Verdict | undefined {
    if (this.refused.has(token)) return undefined;
    const verdict = this.read(token);
    if (verdict) this.genuine.set(token, verdict);
    else this.refused.set(token, true);
    return verdict;
  }

  private read(token: string): Verdict | undefined {
    const claims = Claims.safeParse(verifyJws(ACCESS_TOKEN, token, this.keys)?.payload).data;
    if (!claims || claims.iss !== this.expected.issuer) return undefined;
    if (![claims.aud].flat().includes(this.expected.audience)) return undefined;
    return {
      userId: claims.sub,
      sessionId: claims.sid,
      notBefore: Math.max(claims.nbf ?? 0, claims.iat) * 1_000 - AHEAD_MS_MAX,
      expiresAt: claims.exp * 1_000,
    };
  }
}
