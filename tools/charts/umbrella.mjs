/** The chart that installs the platform: which charts, and what only all of them together need. */
import { z } from 'zod';
import { backup } from './backup.mjs';
import { image, placing, resources } from './pod.mjs';
import { globalValues } from './platform.mjs';
import { choice, flag, group, labels, pieces, piece, text, whole } from './values.mjs';

const install = group('the Jobs that make secrets and database roles, and what helm test runs', {
  image: image('courtside/install'),
  resources: resources({}),
  ...placing,
});

const cnpg = group('the cluster that CloudNativePG makes', {
  instances: whole('servers', 3, { min: 1, max: 9 }),
  size: text('how large each volume is', '10Gi'),
  storageClassName: text('of which class; empty is the cluster’s own'),
  spec: piece('more of it', 'ClusterSpec'),
});

const monitoring = group('what a monitoring stack reads', {
  dashboards: group('Grafana dashboards, as ConfigMaps', {
    enabled: flag('make them', false),
    labels: labels('what Grafana finds them by', { grafana_dashboard: '1' }),
  }),
  rules: group('alerts on the error budget, for the Prometheus Operator', {
    enabled: flag('PrometheusRule', false),
    labels: labels('what the operator selects it by'),
    availability: z
      .number()
      .min(0.5)
      .max(0.99999)
      .default(0.999)
      .meta({ description: 'share of requests that have to be answered without a 5xx' }),
    latency: group('how fast', {
      seconds: z
        .literal([0.05, 0.1, 0.25, 0.5, 2.5])
        .default(0.5)
        .meta({ description: 'an answer in time; one of the bounds that the gateway counts' }),
      share: z
        .number()
        .min(0.5)
        .max(0.99999)
        .default(0.99)
        .meta({ description: 'share of requests that have to be answered in time' }),
    }),
  }),
});

/**
 * What subcharts are given. A running Redis gets new rights by a Job, so that another access list is not
 * another start. The value is what v0.2.0 started Redis with: upgrades from there leave its pod alone too.
 */
const given = {
  redis: { usersRevision: 'cb82ceccf846e7fd26da95bd2cf5e874a1533a949a33cadc27fb0a06700e474f' },
};

/** @param {string[]} charts names of the subcharts */
export function umbrellaChart(charts) {
  const deployed = charts.map((name) => [name, flag(`install the chart ${name}`, true)]);
  const subcharts = charts.map((name) => [
    name,
    z
      .looseObject({})
      .default(given[name] ?? {})
      .meta({ description: `values of the chart ${name}: see helm/${name}` }),
  ]);
  const model = z.strictObject({
    global: globalValues,
    deploy: group('which charts are installed', Object.fromEntries(deployed)),
    install,
    secrets: group('secrets that are made when they are missing, and never changed', {
      enabled: flag('make them, by a Job before pods change', true),
    }),
    defaultDeny: choice(
      'whose pods are denied everything that no policy names: of the namespace, or of this platform',
      ['namespace', 'platform'],
    ),
    cnpg,
    backup,
    monitoring,
    extraObjects: pieces('more objects of the release, as they are', 'any object'),
    ...Object.fromEntries(subcharts),
  });
  return { name: 'microservices-app', model };
}
