/** Gives each service of the topology a user of its own on the bus, with the rights of its edges. */
import { built } from './build.mjs';

const DEFAULT_PREFIX = 'nx';

const wide =
  'The user of REDIS_URL may not make others, so all apps share it: only the apps themselves refuse\n' +
  'what topology.yaml does not declare. Give an administrator of that Redis for a user per service.';

const perServer =
  'Users belong to each server of a Sentinel or Cluster, so all apps share the one of REDIS_URL: only the\n' +
  'apps themselves refuse what topology.yaml does not declare. k8s/generated/redis-users.acl holds the users.';

/** Under which a password is kept; roles of the database have the names alone. */
export const busPasswordName = (service) => `bus-${service}`;

/**
 * Safe to repeat: rules and passwords of a server that was found running are renewed.
 * @param {import('./servers.mjs').Server} redis
 * @param {{ topology: import('./topology.mjs').Topology, prefix?: string,
 *   passwords: Record<string, string> }} given
 * @returns {Promise<{ urlOf: (service: string) => string, what: string, note?: string }>}
 */
export async function busUsers(redis, { topology, prefix = DEFAULT_PREFIX, passwords }) {
  const shared = { urlOf: () => redis.url, what: 'no users of the bus' };
  if (redis.url === 'memory:') return shared;
  if (/^rediss?\+/.test(redis.url)) return { ...shared, note: perServer };
  const [{ AccessLists }, { withConfirmations }] = await Promise.all([
    built('transport', 'dist', 'redis', 'access-lists.js'),
    built('contracts', 'dist', 'topology.js'),
  ]);
  const lists = new AccessLists({
    url: redis.url,
    prefix,
    topology: withConfirmations(topology.services),
    passwordOf: (service) => passwords[busPasswordName(service)],
  });
  try {
    await lists.give();
    return { urlOf: (service) => lists.urlOf(service), what: 'a user of the bus per service' };
  } catch (error) {
    if (error.code !== 'DENIED' || !redis.isGiven) throw error;
    return { ...shared, note: wide };
  } finally {
    lists.close();
  }
}
