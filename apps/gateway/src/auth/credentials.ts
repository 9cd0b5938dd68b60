import type { IncomingHttpHeaders } from 'node:http';
import { Problem } from '@courtside/contracts';

const BEARER = /^bearer +(\S+)$/i;

/**
 * The token a client sent, in `Authorization: Bearer` or in `X-Token` (bare or with the scheme).
 * Never from the URL, which ends up in logs and histories.
 * @throws Problem when there is none, or two that differ.
 */
export function tokenFrom(headers: IncomingHttpHeaders): string {
  const { authorization } = headers;
  const own = headers['x-token'];
  if (authorization === undefined && own === undefined) throw new Problem('auth.token-missing');
  const bearer = authorization && BEARER.exec(authorization)?.[1];
  if (authorization !== undefined && !bearer) {
    throw new Problem('auth.token-invalid', 'send `Authorization: Bearer <token>`');
  }
  const tokens = xTokens(own);
  if (bearer) tokens.push(bearer);
  const [token, ...others] = tokens;
  if (!token) throw new Problem('auth.token-missing');
  if (others.some((other) => other !== token)) throw new Problem('request.conflicting-credentials');
  return token;
}

/** Node joins headers of one name with commas; no token has one. */
function xTokens(header: string | string[] | undefined): string[] {
  if (header === undefined) return [];
  return (Array.isArray(header) ? header.join() : header)
    .split(',')
    .map((part) => part.trim().replace(BEARER, '$1'))
    .filter((part) => part !== '');
}
