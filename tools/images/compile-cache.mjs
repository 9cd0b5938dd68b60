/**
 * Fills the folder of NODE_COMPILE_CACHE with what V8 made of an app's code; runs in the image that will
 * run the app, since the cache fits one Node.js, one user and one path. The app is started as far as it
 * comes without a bus and a database, so that what a start calls is in the cache too.
 * usage: node compile-cache.mjs FILE
 */
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, unlinkSync } from 'node:fs';
import { flushCompileCache, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** By then the app runs or has given up; milliseconds. */
const DEADLINE_MS = 60_000;

const file = process.argv[2];
process.argv.splice(1, 2, file); // as the app will be called
const manifest = JSON.parse(readFileSync(join(dirname(file), 'package.json'), 'utf8'));

/** Settings that let an app start by itself; the keys are forgotten with this process. */
function standInSettings(app) {
  const key = (kid) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' };
    const { d: _secret, ...open } = jwk;
    return { jwk: JSON.stringify(jwk), set: { keys: [jwk] }, open: { keys: [open] } };
  };
  const [service, token] = [key(`${app}.1`), key('token')];
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    REDIS_URL: 'memory:',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    DATABASE_WAIT_MS: '0',
    SERVICE_KEY: service.jwk,
    SERVICE_JWKS: JSON.stringify(service.open),
    TOKEN_KEYS: JSON.stringify(token.set),
    TOKEN_JWKS: JSON.stringify(token.open),
    HOST: '127.0.0.1',
    ADMIN_HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
  };
}

function bytesIn(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => join(folder, entry.name))
    .map((path) => (statSync(path).isDirectory() ? bytesIn(path) : statSync(path).size))
    .reduce((sum, bytes) => sum + bytes, 0);
}

Object.assign(process.env, standInSettings(manifest.name.replace(/^.*\//, '')));
const complain = process.stderr.write.bind(process.stderr);
process.stderr.write = () => true; // that it finds no database is no news
const late = setTimeout(() => {
  complain(`${file} neither runs nor ends after ${DEADLINE_MS} ms\n`);
  process.exit(1);
}, DEADLINE_MS);
await import(pathToFileURL(file)).catch((error) => {
  complain(`${file} cannot be loaded: ${error.stack}\n`);
  process.exit(1);
});
// What the app loads when it needs it: packages, which do nothing by being loaded.
const lazy = join(dirname(file), 'lazy');
for (const name of existsSync(lazy) ? readdirSync(lazy) : []) {
  await import(pathToFileURL(join(lazy, name)));
}
clearTimeout(late);
unlinkSync(import.meta.filename); // it stands where the cache is made, and is no part of it
flushCompileCache();
const folder = getCompileCacheDir();
if (!folder) {
  complain('NODE_COMPILE_CACHE names no folder that can be written\n');
  process.exit(1);
}
console.log(`${bytesIn(folder)} bytes of compiled code in ${folder}`);
process.exit(0);
