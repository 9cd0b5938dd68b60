import { sign, verify } from 'node:crypto';
import type { KeyLookup, SigningKey } from './keys.js';
import type { Refusal } from './refusal.js';

/** Longest token that is looked at, characters: far above any real one. */
const TOKEN_LENGTH_MAX = 8_192;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs a payload as compact JWS (RFC 7515) with ES256; `typ` keeps kinds of token apart. */
export function signJws(typ: string, payload: object, { kid, key }: SigningKey): string {
  const content = `${encoded({ alg: 'ES256', typ, kid })}.${encoded(payload)}`;
  const signature = sign('sha256', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

/** The verified payload with the `kid` that signed it; undefined for anything not exactly right. */
export function verifyJws(
  typ: string,
  token: string,
  keys: KeyLookup,
): { kid: string; payload: Record<string, unknown> } | undefined {
  if (token.length > TOKEN_LENGTH_MAX) return undefined;
  const [head, body, signature, ...rest] = token.split('.');
  if (!head || !body || !signature || rest.length > 0) return undefined;
  const header = decoded(head);
  if (!header || header['alg'] !== 'ES256' || header['typ'] !== typ || 'crit' in header) {
    return undefined;
  }
  const kid = header['kid'];
  const key = typeof kid === 'string' ? keys.get(kid) : undefined;
  if (!key) return undefined;
  const genuine = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const payload = genuine ? decoded(body) : undefined;
  return payload && { kid: kid as string, payload };
}

/** Why a token that `verifyJws` did not take is none: its key is not there, or it is not genuine. */
export function refusalOf(token: string, keys: KeyLookup): Refusal {
  if (token.length > TOKEN_LENGTH_MAX) return 'forged';
  const kid = decoded(token.split('.', 1)[0] ?? '')?.['kid'];
  return typeof kid === 'string' && !keys.get(kid) ? 'key-unknown' : 'forged';
}

function decoded(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
