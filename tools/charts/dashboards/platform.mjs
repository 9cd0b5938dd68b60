import { dashboard, graph, HERE } from './dashboard.mjs';

const rate = (selector) =>
  `sum by (route) (rate(http_request_duration_seconds_count{${selector}}[$__rate_interval]))`;
const quantile = (share, by) =>
  `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) ` +
  `(rate(http_request_duration_seconds_bucket{${HERE}}[$__rate_interval])))`;
const of = (part, whole) => `sum(${part}) / sum(${whole})`;

export const platform = dashboard({
  name: 'platform',
  title: 'platform',
  says: 'What clients see at the gateway, and what the processes of the platform need.',
  known: 'http_request_duration_seconds_count',
  rows: [
    [
      graph('Requests by route', 'reqps', { '{{route}}': rate(HERE) }),
      graph('Answers that are errors of ours', 'percentunit', {
        '5xx': of(rate(`${HERE}, status=~"5.."`), rate(HERE)),
        429: of(rate(`${HERE}, status="429"`), rate(HERE)),
      }),
      graph('Time to answer', 's', {
        'half of all': quantile(0.5, []),
        '95 of 100': quantile(0.95, []),
        '99 of 100': quantile(0.99, []),
      }),
    ],
    [
      graph('Time to answer, 95 of 100, by route', 's', { '{{route}}': quantile(0.95, ['route']) }),
      graph('5xx by route', 'reqps', { '{{route}}': rate(`${HERE}, status=~"5.."`) }),
    ],
    [
      graph(
        'Event loop lag, 99 of 100',
        's',
        { '{{pod}}': `nodejs_eventloop_lag_p99_seconds{${HERE}}` },
        'A process that waits for itself: more replicas, or less work for each request.',
      ),
      graph('Memory', 'bytes', { '{{pod}}': `process_resident_memory_bytes{${HERE}}` }),
      graph('Processor', 'short', {
        '{{pod}}': `rate(process_cpu_seconds_total{${HERE}}[$__rate_interval])`,
      }),
    ],
    [
      graph(
        'Routes that are served',
        'short',
        { '{{table}} {{revision}}': `max by (table, revision) (gateway_route_table{${HERE}})` },
        'Two revisions for longer than a rollout: one of them was refused.',
      ),
      graph('Route tables that were refused', 'short', {
        '{{pod}}': `gateway_routes_refused{${HERE}}`,
      }),
      graph('Watches of the API server that are up', 'short', {
        '{{app}} {{resource}}': `min by (app, resource) (kubernetes_watch_up{${HERE}})`,
      }),
    ],
  ],
});
