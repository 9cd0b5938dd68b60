import { dashboard, graph, HERE } from './dashboard.mjs';

const rate = (metric, by, more = '') =>
  `sum by (${by}) (rate(${metric}{${HERE}${more}}[$__rate_interval]))`;
const backlog = (state) => `max by (app, queue) (bus_backlog_messages{${HERE}, state="${state}"})`;
const late = (metric, by) =>
  `histogram_quantile(0.95, sum by (le, ${by}) (rate(${metric}_bucket{${HERE}}[$__rate_interval])))`;

export const bus = dashboard({
  name: 'bus',
  title: 'bus',
  says: 'What waits before each service, what becomes of it and how long that takes.',
  known: 'bus_running_messages',
  rows: [
    [
      graph('Nobody has had them yet', 'short', { '{{queue}} of {{app}}': backlog('waiting') }),
      graph('Handed out and not finished', 'short', {
        '{{queue}} of {{app}}': backlog('unfinished'),
      }),
      graph(
        'Dead letters',
        'short',
        { '{{queue}} of {{app}}': backlog('dead') },
        'Messages that failed as often as they may: courtside-transport dead-letters shows and redrives them.',
      ),
    ],
    [
      graph('Age of the oldest unfinished message', 's', {
        '{{queue}} of {{app}}': `max by (app, queue) (bus_oldest_message_age_seconds{${HERE}})`,
      }),
      graph('From queued until done, 95 of 100', 's', {
        '{{app}} {{kind}}': late('bus_queued_seconds', 'app, kind'),
      }),
      graph('Requests of each app, 95 of 100', 's', {
        '{{app}} to {{target}}': late('bus_request_duration_seconds', 'app, target'),
      }),
    ],
    [
      graph('Handled, by how it ended', 'cps', {
        '{{app}} {{kind}} {{outcome}}': rate('bus_handled_messages_total', 'app, kind, outcome'),
      }),
      graph(
        'Runs that were not the first',
        'cps',
        { '{{app}} {{kind}} {{reason}}': rate('bus_runs_again_total', 'app, kind, reason') },
        'taken-over: a replica died with it; failed: its handler did.',
      ),
      graph('Handlers that run now', 'short', {
        '{{app}}': `sum by (app) (bus_running_messages{${HERE}})`,
      }),
    ],
    [
      graph('Requests that got no value', 'cps', {
        '{{app}} to {{target}}: {{outcome}}': rate(
          'bus_request_duration_seconds_count',
          'app, target, outcome',
          ', outcome!="value"',
        ),
      }),
      graph('Handlers by message, 95 of 100', 's', {
        '{{message}}': late('message_duration_seconds', 'message'),
      }),
      graph('Refused: no proof, no right, no entry in the topology', 'cps', {
        'message to {{app}}: {{reason}}': rate('messages_refused_total', 'app, reason'),
        'by the bus to {{app}}': rate('bus_denied_total', 'app'),
      }),
    ],
  ],
});
