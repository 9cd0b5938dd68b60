import { createHash } from 'node:crypto';
import { serviceNames, type ServiceName } from '@courtside/contracts';
import type { Clock } from '@courtside/service';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { signJws, verifyJws } from './jws.js';
import type { SigningKey, VerificationKeys } from './keys.js';

/** `typ` of the token by which a service proves that it is the one that passes an assertion on. */
const CALLER = 'caller+jwt';
const LIFE_SECONDS = 60;
const RENEW_BEFORE_SECONDS = 15;
const KEPT_MAX = 10_000;

const Claims = z.object({
  aud: z.string(),
  exp: z.number(),
  /** SHA-256 of the assertion it goes with, base64url; of nothing where a job asks for itself. */
  ath: z.string(),
});

export interface CallerProof {
  readonly caller: ServiceName;
  readonly audience: string;
  readonly expiresAt: number;
}

const hashOf = (assertion: string): string =>
  createHash('sha256').update(assertion).digest('base64url');

/** Signs over the assertions that this service passes on; kept while they live. */
export class CallerProofs {
  private readonly kept = new LRUCache<string, { token: string; renewAt: number }>({
    max: KEPT_MAX,
  });

  constructor(
    private readonly key: SigningKey,
    private readonly clock: Clock,
  ) {}

  proofFor(assertion: string, audience: ServiceName): string {
    const now = this.clock.now();
    const name = `${audience} ${assertion}`;
    const known = this.kept.get(name);
    if (known && known.renewAt > now) return known.token;
    const seconds = Math.floor(now / 1_000);
    const payload = {
      aud: audience,
      ath: hashOf(assertion),
      iat: seconds,
      exp: seconds + LIFE_SECONDS,
    };
    const token = signJws(CALLER, payload, this.key);
    this.kept.set(name, { token, renewAt: now + (LIFE_SECONDS - RENEW_BEFORE_SECONDS) * 1_000 });
    return token;
  }
}

/** Reads a caller's proof over `assertion`; undefined when it is not genuine or over another one. */
export function readCallerProof(
  token: string,
  assertion: string,
  keys: VerificationKeys,
): CallerProof | undefined {
  const verified = verifyJws(CALLER, token, keys);
  if (!verified) return undefined;
  const result = Claims.safeParse(verified.payload);
  const caller = serviceNames.find((name) => verified.kid.startsWith(`${name}.`));
  if (!result.success || !caller || result.data.ath !== hashOf(assertion)) return undefined;
  return { caller, audience: result.data.aud, expiresAt: result.data.exp * 1_000 };
}
