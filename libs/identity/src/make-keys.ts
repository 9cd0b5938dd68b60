import { createHash, generateKeyPairSync } from 'node:crypto';

/** The public half of an ES256 key (RFC 7517). Imports nothing of ours: tools load this file alone. */
export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly y: string;
  /** How others find it. */
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** The whole key: never in a log, a message or an answer. */
export interface PrivateJwk extends PublicJwk {
  readonly d: string;
}

/**
 * Makes an ES256 key.
 * @param kid its name, like `users.1` for the first key of users; its thumbprint when not given, which
 *   two keys never share.
 */
export function makeKey(kid?: string): PrivateJwk {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const exported = privateKey.export({ format: 'jwk' });
  const { kty, crv, x, y, d } = exported as Required<typeof exported>;
  const name = kid ?? thumbprint({ crv, kty, x, y });
  return { kty, crv, x, y, d, kid: name, alg: 'ES256', use: 'sig' };
}

/** What of a key may be shown to everyone. */
export function publicJwk({ kty, crv, x, y, kid, alg, use }: PublicJwk): PublicJwk {
  return { kty, crv, x, y, kid, alg, use };
}

/** RFC 7638: the members in the order of their names. */
const thumbprint = (members: Pick<PublicJwk, 'crv' | 'kty' | 'x' | 'y'>): string =>
  createHash('sha256').update(JSON.stringify(members)).digest('base64url');
