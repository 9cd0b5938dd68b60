import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { Mounted } from '@courtside/service';
import { z } from 'zod';

const PublicJwk = z.object({
  kid: z.string().min(1),
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
});
const PrivateJwk = PublicJwk.extend({ d: z.string() });

/** A private key and the name under which others find its public half. */
export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

export type VerificationKeys = ReadonlyMap<string, KeyObject>;

/** Where the key of a `kid` is looked up. */
export type KeyLookup = Pick<VerificationKeys, 'get'>;

/**
 * Reads a private JWK (RFC 7517, EC P-256).
 * @throws Error saying which part is wrong, never with key material in it.
 */
export function signingKey(json: string): SigningKey {
  const jwk = PrivateJwk.parse(parsed(json));
  return { kid: jwk.kid, key: createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' }) };
}

/** Reads a JWKS with private keys; the first one signs, all of them verify. */
export function signingKeys(json: string): [SigningKey, ...SigningKey[]] {
  const { keys } = z.object({ keys: z.array(z.unknown()).min(1) }).parse(parsed(json));
  return keys.map((jwk) => signingKey(JSON.stringify(jwk))) as [SigningKey, ...SigningKey[]];
}

/** Reads the private JWK of an app, whose `kid` begins with the name of the app. */
export const serviceKey =
  (service: string) =>
  (json: string): SigningKey => {
    const key = signingKey(json);
    if (key.kid.startsWith(`${service}.`)) return key;
    throw new Error(`the key of ${service} has a kid like ${service}.1, and not ${key.kid}`);
  };

/** Reads a public JWKS, which has at least one key: a key for each `kid`. */
export function verificationKeys(json: string): VerificationKeys {
  const { keys } = z.object({ keys: z.array(PublicJwk).min(1) }).parse(parsed(json));
  return new Map(
    keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]),
  );
}

/** Finds keys among those mounted now. One that is not there may have come since: that is looked at. */
export const keyLookup = (mounted: Mounted<VerificationKeys>): KeyLookup => ({
  get(kid) {
    const key = mounted.value.get(kid);
    if (key) return key;
    mounted.refresh();
    return mounted.value.get(kid);
  },
});

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('not valid JSON: expected a JWK or a JWKS (RFC 7517)');
  }
}
