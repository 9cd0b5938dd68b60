/** Which helm-unittest suites run in which chart. */
import { readTopology } from '../../topology/read.mjs';

/** A suite of the library runs in every chart that is such an app. */
const shared = (kind) => `../library/tests/${kind}_*_test.yaml`;

/** @returns {{ charts: string[], globs: string[] }[]} charts as folders below helm */
export function suites() {
  const { services, upstreams } = readTopology('topology.yaml');
  const onBus = Object.keys(services);
  const apps = [...onBus, ...Object.keys(upstreams)];
  const stores = onBus.filter((name) => services[name].database);
  return [
    { charts: [...apps, 'redis', 'postgres', 'microservices-app'], globs: ['tests/*_test.yaml'] },
    { charts: apps, globs: [shared('app')] },
    { charts: onBus, globs: [shared('bus')] },
    { charts: stores, globs: [shared('database')] },
  ];
}
