/**
 * Who may open a connection to whom: written down here by hand, so that a wrong topology, a wrong
 * template and a cluster that enforces nothing are all found out.
 */
import type { RunningPod } from './pods.js';
import type { Door } from './reach.js';

const services = ['gateway', 'auth', 'users', 'products', 'orders', 'time'];
const stores: Record<string, number> = { redis: 6379, postgres: 5432 };

/** By who knocks, the doors that open. Whoever is not named opens none. */
export const allowed: Readonly<Record<string, readonly string[]>> = {
  gateway: ['kubernetes', 'redis', 'web'],
  auth: ['postgres', 'redis'],
  users: ['postgres', 'redis'],
  products: ['postgres', 'redis'],
  orders: ['postgres', 'redis'],
  time: ['redis'],
  web: [],
  redis: [],
  postgres: [],
  'from the ingress': ['gateway'],
  'from monitoring': [...services, 'web'].map((app) => `${app} admin`).toSorted(),
  'from elsewhere': [],
};

/** Every door of the platform's pods, and that of the API server. */
export function doorsOf(pods: readonly RunningPod[], apiServer: Omit<Door, 'name'>): Door[] {
  const doors = pods.flatMap(({ app, ip }): Door[] => {
    const store = stores[app];
    if (store) return [{ name: app, host: ip, port: store }];
    const admin = { name: `${app} admin`, host: ip, port: 9001 };
    const isOpen = ['gateway', 'web'].includes(app);
    return isOpen ? [admin, { name: app, host: ip, port: 8080 }] : [admin];
  });
  return [...doors, { name: 'kubernetes', ...apiServer }];
}
