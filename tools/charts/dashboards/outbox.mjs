import { dashboard, graph, HERE } from './dashboard.mjs';

const rate = (metric, by) => `sum by (${by}) (rate(${metric}{${HERE}}[$__rate_interval]))`;

/** Replicas of an app tell the same rows. */
const rows = (state) => `max by (app) (outbox_rows{${HERE}, state="${state}"})`;

export const outbox = dashboard({
  name: 'outbox',
  title: 'outbox',
  says: 'Events between the database that caused them and the services that have to hear of them.',
  known: 'outbox_rows',
  rows: [
    [
      graph('To be published', 'short', { '{{app}}': rows('unpublished') }),
      graph('To be confirmed', 'short', { '{{app}}': rows('unconfirmed') }),
      graph(
        'Age of the oldest',
        's',
        { '{{app}}': `max by (app) (outbox_oldest_age_seconds{${HERE}})` },
        'Rises while a service that subscribes is away, and falls when it is back.',
      ),
    ],
    [
      graph('Published', 'cps', {
        '{{app}} {{topic}}': rate('outbox_published_events_total', 'app, topic'),
      }),
      graph('Confirmed', 'cps', {
        '{{app}} by {{group}}': rate('outbox_confirmations_total', 'app, group'),
      }),
      graph('Failed', 'cps', {
        'relay of {{app}}': rate('outbox_failures_total', 'app'),
        'confirmation by {{app}}': rate('inbox_confirmation_failures_total', 'app'),
      }),
    ],
  ],
});
