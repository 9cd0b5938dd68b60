import { aclUserOf } from '@courtside/transport';
import { busPasswordKey, rolePasswordKey, type Plan } from '../plan/plan.js';
import { passwordIn, withLogin } from './addresses.js';
import { valueIn, want, type Found, type Wanted } from './found.js';
import { completed, publicKeyOf, publicKeysOf } from './jwks.js';
import { isOurs } from './ownership.js';

/** A setting that is the address of a store with the login of a service in it. */
export interface StoreUrl {
  readonly key: 'REDIS_URL' | 'DATABASE_URL';
  /** What an operator may give instead, in the Secret of the service, for a store that is not ours. */
  readonly passwordKey: 'REDIS_PASSWORD' | 'DATABASE_PASSWORD';
  readonly address: string;
  readonly user: string;
  /** Where the password is, for a store that is ours. */
  readonly secret: string | null;
  readonly secretKey: string;
}

/** The addresses that a service needs. */
export function storeUrlsOf({ services, bus, database }: Plan, service: string): StoreUrl[] {
  const onBus: StoreUrl = {
    key: 'REDIS_URL',
    passwordKey: 'REDIS_PASSWORD',
    address: bus.url,
    user: aclUserOf(service, bus.prefix),
    secret: bus.secret,
    secretKey: busPasswordKey(service),
  };
  const inDatabase: StoreUrl = {
    key: 'DATABASE_URL',
    passwordKey: 'DATABASE_PASSWORD',
    address: database.url,
    user: service,
    secret: database.secret,
    secretKey: rolePasswordKey(service),
  };
  return services[service]?.database ? [onBus, inDatabase] : [onBus];
}

/** What follows from keys and passwords that are kept already: public keys and addresses. */
export function keysToDerive(plan: Plan, found: Found): Wanted {
  const wanted: Wanted = new Map();
  const serviceKeys = Object.entries(plan.services).flatMap(([service, { secret }]) => {
    const json = valueIn(found, secret, 'SERVICE_KEY');
    return json === undefined ? [] : (publicKeyOf(service, json) ?? []);
  });
  const tokenKeys = valueIn(found, plan.services['auth']?.secret ?? null, 'TOKEN_KEYS');
  for (const [service, { secret, managed }] of Object.entries(plan.services)) {
    if (!managed) continue;
    const derive = (key: string, value: string | undefined) => {
      if (value !== undefined && value !== valueIn(found, secret, key)) {
        want(wanted, secret, key, value);
      }
    };
    derive('SERVICE_JWKS', completed(valueIn(found, secret, 'SERVICE_JWKS'), serviceKeys));
    if (service === 'gateway') {
      const open = publicKeysOf(tokenKeys ?? '');
      if (open) derive('TOKEN_JWKS', completed(valueIn(found, secret, 'TOKEN_JWKS'), open));
    }
    for (const url of storeUrlsOf(plan, service)) derive(url.key, urlOf(url, secret, found));
  }
  return wanted;
}

/** Undefined when it is not ours to write, or there is no password for it. */
function urlOf(url: StoreUrl, secret: string, found: Found): string | undefined {
  const own = found.get(secret);
  const now = own?.data[url.key];
  if (own && now !== undefined && !isOurs(own, url.key)) return undefined;
  const password =
    valueIn(found, url.secret, url.secretKey) ?? own?.data[url.passwordKey] ?? passwordIn(now);
  return password && withLogin(url.address, { user: url.user, password });
}
