/** What each app is started with: settings by this installation, secrets as files, then the operator's own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDotenv } from '../../tools/local/dotenv.mjs';
import { Failed } from './commands.mjs';
import * as at from './layout.mjs';

const own = {
  gateway: ({ https }) => ({
    HOST: '127.0.0.1',
    PORT: String(at.gatewayPort),
    ROUTES_DIR: `${at.current}/routes`,
    TRUSTED_HOPS: '1',
    HTTPS_PORT: https,
    WEB_URL: `http://127.0.0.1:${at.webPort}`,
  }),
  users: () => ({
    FIRST_ADMIN: 'admin',
    FIRST_ADMIN_PASSWORD_FILE: `${at.secrets}/first-admin/password`,
    PROTECTED_USERS: 'admin',
  }),
  web: () => ({
    HOST: '127.0.0.1',
    PORT: String(at.webPort),
    PAGES_DIR: `${at.current}/web/app/public`,
  }),
};

/** Keys of the operator's that no app knows are mistakes. */
export function operatorsSettings() {
  if (!existsSync(at.operatorsSettings)) return {};
  const given = parseDotenv(readFileSync(at.operatorsSettings, 'utf8'), at.operatorsSettings);
  const known = readFileSync(join(at.clone, 'env.example'), 'utf8');
  const isKnown = (key) => new RegExp(`^#?${key.replace(/_FILE$/, '(_FILE)?')}=`, 'm').test(known);
  const unknown = Object.keys(given).filter((key) => !isKnown(key));
  if (unknown.length > 0) {
    throw new Failed(
      `${at.operatorsSettings}: no app knows ${unknown.join(', ')}: see env.example`,
    );
  }
  return given;
}

/** @param {{ https: string, isDemo: boolean }} options */
export function environmentOf(app, options) {
  const service = at.services[app];
  const folder = join(at.secrets, app);
  const files = existsSync(folder)
    ? readdirSync(folder).filter((key) => /^[A-Z_]+$/.test(key))
    : [];
  return {
    NODE_ENV: options.isDemo ? 'development' : 'production',
    NODE_OPTIONS: '--enable-source-maps --max-old-space-size=256',
    LOG_FORMAT: 'json',
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: String(at.adminPort(app)),
    ...(service && { BUS_PREFIX: 'nx' }),
    ...(service?.database && { MIGRATE_ON_START: 'false', DEMO: String(options.isDemo) }),
    ...own[app]?.(options),
    ...Object.fromEntries(files.map((key) => [`${key}_FILE`, join(folder, key)])),
    ...operatorsSettings(),
  };
}

/** Writes one file for each app, for systemd. @returns the environments by app. */
export function writeEnvironments(options) {
  const folder = join(at.etc, 'apps');
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const all = Object.fromEntries(at.apps.map((app) => [app, environmentOf(app, options)]));
  for (const [app, environment] of Object.entries(all)) {
    const lines = Object.entries(environment).map(
      ([key, value]) => `${key}=${JSON.stringify(value)}`,
    );
    const note = `# Made by deploy/debian.sh; yours are in ${at.operatorsSettings}.\n`;
    writeFileSync(join(folder, `${app}.env`), `${note}${lines.join('\n')}\n`, { mode: 0o640 });
  }
  return all;
}
