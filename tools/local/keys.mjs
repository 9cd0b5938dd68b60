/** The ES256 keys of an instance, as files: of auth's tokens and of each app's own signature. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @typedef {{ kty: string, crv: string, x: string, y: string, d?: string, kid: string }} Jwk */

/** The thumbprint of RFC 7638: two keys never share it. */
function thumbprint({ crv, kty, x, y }) {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

/** @returns {Jwk} */
function makeKey(kid) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y, d } = privateKey.export({ format: 'jwk' });
  const name = kid ?? thumbprint({ crv, kty, x, y });
  return { kty, crv, x, y, d, kid: name, alg: 'ES256', use: 'sig' };
}

function publicPart({ d: _secret, ...rest }) {
  return rest;
}

function write(file, value) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** What stands in `file`, or what `make` makes; a half-written file is made again. */
function kept(file, make) {
  if (existsSync(file)) {
    try {
      chmodSync(file, 0o600);
      return JSON.parse(readFileSync(file, 'utf8'));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const value = make();
  write(file, value);
  return value;
}

/**
 * Makes what is missing and keeps what is there.
 * @param {string} directory
 * @param {string[]} apps every app of the topology, started or not
 * @returns {{ tokenKeys: string, tokenJwks: string, serviceJwks: string,
 *   serviceKeys: Record<string, string> }} the files
 */
export function ensureKeys(directory, apps) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const files = {
    tokenKeys: join(directory, 'token-keys.json'),
    tokenJwks: join(directory, 'token-jwks.json'),
    serviceJwks: join(directory, 'service-jwks.json'),
    serviceKeys: Object.fromEntries(
      apps.map((app) => [app, join(directory, `service-${app}.json`)]),
    ),
  };
  const tokens = kept(files.tokenKeys, () => ({ keys: [makeKey()] }));
  write(files.tokenJwks, { keys: tokens.keys.map(publicPart) });
  const keys = apps.map((app) => kept(files.serviceKeys[app], () => makeKey(`${app}.1`)));
  write(files.serviceJwks, { keys: keys.map(publicPart) });
  return files;
}
