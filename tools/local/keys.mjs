/** The ES256 keys of an instance, as files: of auth's tokens and of each app's own signature. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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
 * @param {typeof import('../../libs/identity/dist/make-keys.js')} making
 * @returns {{ tokenKeys: string, tokenJwks: string, serviceJwks: string,
 *   serviceKeys: Record<string, string> }} the files
 */
export function ensureKeys(directory, apps, { makeKey, publicJwk }) {
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
  write(files.tokenJwks, { keys: tokens.keys.map(publicJwk) });
  const keys = apps.map((app) => kept(files.serviceKeys[app], () => makeKey(`${app}.1`)));
  write(files.serviceJwks, { keys: keys.map(publicJwk) });
  return files;
}
