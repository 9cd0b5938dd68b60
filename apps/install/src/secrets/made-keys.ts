import { makeKey } from '@courtside/identity';
import {
  busPasswordKey,
  databaseServices,
  rolePasswordKey,
  SUPERUSER_KEY,
  type Plan,
} from '../plan/plan.js';
import { passwordIn } from './addresses.js';
import { valueIn, want, type Found, type Wanted } from './found.js';
import { machinePassword, personPassword } from './passwords.js';

/** Users of the bus that are people: one may do everything, one looks after dead letters. */
const BUS_PEOPLE = ['REDIS_PASSWORD_ADMIN', 'REDIS_PASSWORD_OPERATOR'];

/** The name that the first administrator gets. */
const FIRST_ADMIN = 'admin';

/** Keys and passwords that are made of chance, once: those that are missing. */
export function keysToMake(plan: Plan, found: Found): Wanted {
  const wanted: Wanted = new Map();
  const once = (secret: string, key: string, make: () => string) => {
    if (valueIn(found, secret, key) === undefined) want(wanted, secret, key, make());
  };
  for (const [service, { secret, managed }] of Object.entries(plan.services)) {
    if (!managed) continue;
    once(secret, 'SERVICE_KEY', () => JSON.stringify(makeKey(`${service}.1`)));
    if (service === 'auth') {
      once(secret, 'TOKEN_KEYS', () => JSON.stringify({ keys: [makeKey()] }));
    }
  }
  passwordsOfStores(plan, found, once);
  if (plan.firstAdmin) {
    once(plan.firstAdmin.secret, 'username', () => FIRST_ADMIN);
    once(plan.firstAdmin.secret, 'password', personPassword);
  }
  return wanted;
}

/** The password that a service has already is the one that its user or role gets. */
function passwordsOfStores(
  { services, bus, database, ...plan }: Plan,
  found: Found,
  once: (secret: string, key: string, make: () => string) => void,
): void {
  const known = (service: string, setting: string) =>
    passwordIn(valueIn(found, services[service]?.secret ?? null, setting));
  if (bus.secret !== null && bus.managed) {
    for (const key of BUS_PEOPLE) once(bus.secret, key, machinePassword);
    for (const service of Object.keys(services)) {
      const password = () => known(service, 'REDIS_URL') ?? machinePassword();
      once(bus.secret, busPasswordKey(service), password);
    }
  }
  if (database.secret === null || !database.managed) return;
  once(database.secret, SUPERUSER_KEY, machinePassword);
  for (const service of databaseServices({ services, bus, database, ...plan })) {
    const password = () => known(service, 'DATABASE_URL') ?? machinePassword();
    once(database.secret, rolePasswordKey(service), password);
  }
}
