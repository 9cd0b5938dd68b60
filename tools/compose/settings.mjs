/** What compose.yaml takes from .env beside the settings of the apps: where the platform is reached. */
import { z } from 'zod';

export const doorSettings = z.object({
  DOMAIN: z
    .string()
    .default('localhost')
    .meta({ description: 'the host that clients use; a public one gets its certificate by ACME' }),
  BIND_ADDRESS: z.string().default('127.0.0.1').meta({
    description: 'address of this machine that HTTP and HTTPS listen at; 0.0.0.0 lets everybody in',
  }),
  HTTP_PORT: z.coerce
    .number()
    .default(80)
    .meta({ description: 'where plain HTTP is, which sends clients to HTTPS' }),
});

/** Of an app, but in compose with another default than alone. */
const HTTPS_PORT = 443;
const PLAIN_PORT = 8001;

/** A reference to a key of .env, as compose reads it. */
export const fromDotenv = (key, initially = '') => `\${${key}:-${initially}}`;

export const ports = [
  `${fromDotenv('BIND_ADDRESS', '127.0.0.1')}:${fromDotenv('HTTP_PORT', 80)}:8080`,
  `${fromDotenv('BIND_ADDRESS', '127.0.0.1')}:${fromDotenv('HTTPS_PORT', HTTPS_PORT)}:8443`,
  `127.0.0.1:${fromDotenv('PORT', PLAIN_PORT)}:8001`,
];

/** What a container has as it is, whatever .env says. */
const fixed = {
  ADMIN_HOST: '127.0.0.1',
  ADMIN_PORT: '9001',
  BUS_PREFIX: 'nx',
  MIGRATE_ON_START: 'false',
};
const atDoor = { HOST: '0.0.0.0', PORT: '8080' };

/** Are for clusters, or follow from the image. */
const without = new Set([
  ...['KUBECONFIG', 'KUBERNETES_DEADLINE_MS', 'KUBERNETES_NAMESPACE', 'ROUTES_CONFIGMAP_SELECTOR'],
  ...['ROUTES_DIR', 'PAGES_DIR'],
]);

/** Where a service finds its secrets, a file each. */
export const SECRETS = '/etc/courtside/secrets';
export const FIRST_ADMIN = '/etc/courtside/first-admin';

/** What compose sets otherwise than the code: by app and key. */
const own = {
  gateway: { HTTPS_PORT: fromDotenv('HTTPS_PORT', HTTPS_PORT), TRUSTED_HOPS: '1' },
  users: {
    FIRST_ADMIN: 'admin',
    FIRST_ADMIN_PASSWORD_FILE: `${FIRST_ADMIN}/password`,
    PROTECTED_USERS: fromDotenv('PROTECTED_USERS', 'admin'),
  },
};

/** What compose says of a setting, as key and value; undefined where the app's own default will do. */
function entryOf(key, { secret, default: initially }, { name, upstreams, isDoor, isRequired }) {
  const upstream = upstreams.find((one) => one.key === key);
  const given = own[name]?.[key] ?? fixed[key] ?? (isDoor ? atDoor[key] : undefined);
  if (given !== undefined) return [key, given];
  if (upstream) return [key, fromDotenv(key, upstream.url)];
  if (!secret) return [key, fromDotenv(key, initially)];
  const file = own[name]?.[`${key}_FILE`] ?? (isRequired ? `${SECRETS}/${key}` : undefined);
  return file && [`${key}_FILE`, file];
}

/**
 * The environment of an app: its own settings and no others. Secrets are names of files; what .env does not
 * set is the app's own default.
 * @param {string} name
 * @param {{ config: z.ZodObject }} app
 * @param {{ upstreams: { key: string, url: string }[], isDoor: boolean }} place
 */
export function environmentOf(name, { config }, place) {
  const { properties, required = [] } = z.toJSONSchema(config, {
    io: 'input',
    unrepresentable: 'any',
  });
  const entries = Object.entries(properties)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .filter(([key]) => !without.has(key))
    .map(([key, schema]) =>
      entryOf(key, schema, { name, ...place, isRequired: required.includes(key) }),
    );
  return Object.fromEntries(entries.filter((entry) => entry !== undefined));
}
