import type { Plan } from '../plan/plan.js';
import { passwordIn } from './addresses.js';
import { storeUrlsOf, type StoreUrl } from './derived-keys.js';
import { valueIn, type Found } from './found.js';
import { completed, publicKeyOf, publicKeysOf } from './jwks.js';

/** What an operator has to mend, each as a sentence with the Secret and the key. */
export function faultsIn(plan: Plan, found: Found): string[] {
  return Object.keys(plan.services).flatMap((service) =>
    faultsOfKeys(plan, found, service).concat(faultsOfUrls(plan, found, service)),
  );
}

/** What each key must be; undefined is a value that is not. */
const keySets = (service: string): Record<string, (json: string) => unknown> => ({
  SERVICE_KEY: (json) => publicKeyOf(service, json),
  SERVICE_JWKS: (json) => completed(json, []),
  ...(service === 'auth' && { TOKEN_KEYS: publicKeysOf }),
  ...(service === 'gateway' && { TOKEN_JWKS: (json: string) => completed(json, []) }),
});

const expected: Record<string, string> = {
  SERVICE_KEY: 'a private JWK (EC, P-256) with a kid like',
  SERVICE_JWKS: 'a JWKS with the public keys of all services, such as',
  TOKEN_KEYS: 'a JWKS with private keys (EC, P-256) for tokens; each has a kid, and so has',
  TOKEN_JWKS: 'a JWKS with the public keys of TOKEN_KEYS; those of services are named like',
};

function faultsOfKeys({ services }: Plan, found: Found, service: string): string[] {
  const secret = services[service]?.secret ?? '';
  return Object.entries(keySets(service)).flatMap(([key, read]) => {
    const json = valueIn(found, secret, key);
    const shape = `${expected[key]} ${service}.1`;
    if (json === undefined) return [`the Secret ${secret} lacks ${key}: ${shape}`];
    return read(json) === undefined ? [`${key} in the Secret ${secret} must be ${shape}`] : [];
  });
}

/** A password would do, since the address is known. */
const orPassword = ({ passwordKey, user, secret, secretKey }: StoreUrl): string =>
  secret === null
    ? `, or ${passwordKey} of the user ${user}`
    : `, or the Secret ${secret} ${secretKey} of the user ${user}`;

function faultsOfUrls(plan: Plan, found: Found, service: string): string[] {
  const { secret = '', managed } = plan.services[service] ?? {};
  return storeUrlsOf(plan, service).flatMap((url) => {
    const value = valueIn(found, secret, url.key);
    if (value === undefined) {
      const orElse = managed ? orPassword(url) : '';
      return [
        `the Secret ${secret} lacks ${url.key}: give it the address ${url.address} with a login${orElse}`,
      ];
    }
    const password = valueIn(found, url.secret, url.secretKey);
    if (password === undefined || passwordIn(value) === password) return [];
    return [
      `the password in ${url.key} of the Secret ${secret} is not ${url.secretKey} of the Secret ${url.secret}`,
    ];
  });
}
