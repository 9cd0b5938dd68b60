import { Permission, Role, type Message, type ServiceName } from '@courtside/contracts';
import { anonymous, type Clock, type Identity, type Mounted } from '@courtside/service';
import { z } from 'zod';
import { bindingClaims, bindingIn, bindingTo, type Binding } from './binding.js';
import { refusalOf, verifyJws } from './jws.js';
import type { KeyLookup, SigningKey } from './keys.js';
import type { Refusal } from './refusal.js';
import { Signer } from './signer.js';

/** `typ` of the token by which the gateway tells a service who asks. */
const ASSERTION = 'assertion+jwt';

const Claims = z.object({
  iss: z.literal('gateway'),
  aud: z.string(),
  exp: z.number(),
  sub: z.string().optional(),
  sid: z.string().optional(),
  roles: z.array(Role).default([]),
  permissions: z.array(Permission).default([]),
  ...bindingClaims,
});

/** An assertion that proved genuine. */
export interface Assertion {
  readonly identity: Identity;
  /** The service it was made for. */
  readonly audience: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** The one message it was made for; undefined where it serves all of them. */
  readonly binding: Binding | undefined;
}

/**
 * Makes the gateway's assertions: one for each user and target service, used while it lives; and a
 * fresh one for each write that guards role, money or privacy.
 */
export class AssertionMint {
  private readonly signer: Signer;

  constructor(key: Mounted<SigningKey>, clock: Clock) {
    this.signer = new Signer(ASSERTION, key, clock);
  }

  /** For any message of that service, again and again. */
  mint(identity: Identity, audience: ServiceName): string {
    return this.signer.kept(nameOf(identity, audience), () => claims(identity, audience));
  }

  /** For this message with this payload, once. */
  mintOnce(identity: Identity, message: Message, body: string): string {
    return this.signer.sign({
      ...claims(identity, message.service),
      ...bindingTo(message, body),
    });
  }
}

/** Reads an assertion, or says why it is none. Expiry is for the caller to look at. */
export function readAssertion(token: string, keys: KeyLookup): Assertion | Refusal {
  if (token === '') return 'missing';
  const verified = verifyJws(ASSERTION, token, keys);
  if (!verified) return refusalOf(token, keys);
  const result = Claims.safeParse(verified.payload);
  if (!result.success || !verified.kid.startsWith('gateway.')) return 'forged';
  const { aud, exp, sub, sid, roles, permissions } = result.data;
  const identity: Identity =
    sub && sid ? { kind: 'user', userId: sub, sessionId: sid, roles, permissions } : anonymous;
  return { identity, audience: aud, expiresAt: exp * 1_000, binding: bindingIn(result.data) };
}

/** Changed roles or permissions make another name, so an old assertion is never reused for them. */
function nameOf(identity: Identity, audience: string): string {
  if (identity.kind === 'anonymous') return audience;
  const { sessionId, roles, permissions } = identity;
  return `${audience} ${sessionId} ${roles.join()} ${permissions.join()}`;
}

function claims(identity: Identity, audience: ServiceName): object {
  const about = { iss: 'gateway', aud: audience };
  if (identity.kind === 'anonymous') return about;
  const { userId, sessionId, roles, permissions } = identity;
  return { ...about, sub: userId, sid: sessionId, roles, permissions };
}
