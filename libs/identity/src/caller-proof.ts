import { serviceNames, type Message, type ServiceName } from '@courtside/contracts';
import type { Clock, Mounted } from '@courtside/service';
import { z } from 'zod';
import { bindingClaims, bindingIn, bindingTo, sha256, type Binding } from './binding.js';
import { refusalOf, verifyJws } from './jws.js';
import type { KeyLookup, SigningKey } from './keys.js';
import type { Refusal } from './refusal.js';
import { Signer } from './signer.js';

/** `typ` of the token by which a service proves that it is the one that passes an assertion on. */
const CALLER = 'caller+jwt';

const Claims = z.object({
  aud: z.string(),
  exp: z.number(),
  /** SHA-256 of the assertion it goes with, base64url; of nothing where a job asks for itself. */
  ath: z.string(),
  ...bindingClaims,
});

export interface CallerProof {
  readonly caller: ServiceName;
  readonly audience: string;
  readonly expiresAt: number;
  /** The one message it was made for; undefined where it serves all of them. */
  readonly binding: Binding | undefined;
}

/**
 * Signs over the assertions that this service passes on: kept while they live, and once for each
 * write that guards role, money or privacy.
 */
export class CallerProofs {
  private readonly signer: Signer;

  constructor(key: Mounted<SigningKey>, clock: Clock) {
    this.signer = new Signer(CALLER, key, clock);
  }

  /** For any message of that service, again and again. */
  proofFor(assertion: string, audience: ServiceName): string {
    return this.signer.kept(`${audience} ${assertion}`, () => claims(assertion, audience));
  }

  /** For this message with this payload, once. */
  proofOnce(assertion: string, message: Message, body: string): string {
    return this.signer.sign({
      ...claims(assertion, message.service),
      ...bindingTo(message, body),
    });
  }
}

/** Reads a caller's proof over `assertion`, or says why it is none. */
export function readCallerProof(
  token: string,
  assertion: string,
  keys: KeyLookup,
): CallerProof | Refusal {
  const verified = verifyJws(CALLER, token, keys);
  if (!verified) return refusalOf(token, keys);
  const result = Claims.safeParse(verified.payload);
  const caller = serviceNames.find((name) => verified.kid.startsWith(`${name}.`));
  if (!result.success || !caller || result.data.ath !== sha256(assertion)) return 'forged';
  const { aud, exp } = result.data;
  return { caller, audience: aud, expiresAt: exp * 1_000, binding: bindingIn(result.data) };
}

const claims = (assertion: string, audience: ServiceName): object => ({
  aud: audience,
  ath: sha256(assertion),
});
