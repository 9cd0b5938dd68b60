/** Plans of installations without a cluster, for `install secrets` and `install database`. */

/** A Secret for each service, each store and the first administrator, by their own names. */
export function planOf({ services }, { redis, postgres }) {
  const own = Object.entries(services).map(([name, { database }]) => [
    name,
    { secret: name, managed: true, database },
  ]);
  return {
    namespace: 'courtside',
    labels: {},
    services: Object.fromEntries(own),
    bus: { url: redis, secret: 'redis' },
    database: { url: postgres, secret: 'postgres' },
    firstAdmin: { secret: 'first-admin' },
  };
}
