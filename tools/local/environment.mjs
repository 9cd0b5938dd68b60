/** The environment of each app: what the user set, and what the launcher found for it. */
import { join } from 'node:path';
import { root } from './install.mjs';

/** Others sign in with them too, so nobody may delete them. */
const DEMO_USERS = 'admin,user';

/** Given under either name, the user's own keys are used. */
const unlessGiven = (base, name, file) =>
  base[name] || base[`${name}_FILE`] ? {} : { [`${name}_FILE`]: file };

/**
 * @typedef {{ base: NodeJS.ProcessEnv, topology: import('./topology.mjs').Topology,
 *   keys: ReturnType<typeof import('./keys.mjs').ensureKeys>, passwords: Record<string, string>,
 *   databaseUrl: string, busUrlOf: (app: string) => string, port: number, adminPorts: Record<string, number>,
 *   isDemo: boolean }} Findings
 *
 * @param {string[]} apps
 * @param {Findings} findings
 * @returns {Record<string, Record<string, string>>} by app
 */
export function environmentsOf(apps, findings) {
  return Object.fromEntries(apps.map((app) => [app, environmentOf(app, findings)]));
}

function environmentOf(app, { base, topology, keys, passwords, databaseUrl, ...found }) {
  const { DATABASE_URL: _administrators, ...given } = base;
  const owns = topology.services[app].database;
  return {
    NODE_ENV: 'development',
    LOG_FORMAT: process.stdout.isTTY ? 'pretty' : 'json',
    CACHE_REDIS_URL: found.busUrlOf(app),
    ROUTES_DIR: join(root, 'apps', 'gateway', 'routes'),
    ...given,
    ADMIN_PORT: String(found.adminPorts[app]),
    REDIS_URL: found.busUrlOf(app),
    SERVICE_KEY_FILE: keys.serviceKeys[app],
    SERVICE_JWKS_FILE: keys.serviceJwks,
    DEMO: String(found.isDemo),
    ...(app === 'users' && found.isDemo && !base.PROTECTED_USERS
      ? { PROTECTED_USERS: DEMO_USERS }
      : {}),
    ...(owns ? { DATABASE_URL: serviceUrl(databaseUrl, app, passwords[app]) } : {}),
    ...(app === 'gateway' ? { PORT: String(found.port) } : {}),
    ...(app === 'gateway' ? unlessGiven(base, 'TOKEN_JWKS', keys.tokenJwks) : {}),
    ...(app === 'auth' ? unlessGiven(base, 'TOKEN_KEYS', keys.tokenKeys) : {}),
  };
}

/** The address `adminUrl` with the role of a service instead. */
export function serviceUrl(adminUrl, service, password) {
  const url = new URL(adminUrl);
  url.username = service;
  url.password = password;
  return url.href;
}
