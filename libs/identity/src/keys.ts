import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
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

/** Reads a public JWKS: a key for each `kid`. */
export function verificationKeys(json: string): VerificationKeys {
  const { keys } = z.object({ keys: z.array(PublicJwk) }).parse(parsed(json));
  return new Map(
    keys.map((jwk) => [jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]),
  );
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new Error('not valid JSON: expected a JWK or a JWKS (RFC 7517)');
  }
}
