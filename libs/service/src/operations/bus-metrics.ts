import type { TransportObserver, TransportServer } from '@courtside/transport';
import type { Gauge } from 'prom-client';
import { counter, gauge, histogram } from './metrics.js';

/** The servers of this process by app: asked when the metrics are read. */
const watched = new Map<string, TransportServer>();

const labels = ['app', 'queue'] as const;

/** Counts what an app asks, tells and handles on the bus. Its label values are names of contracts. */
export function busObserver(app: string): TransportObserver {
  const handled = counter({
    name: 'bus_handled_messages_total',
    help: 'Runs of messages by how they ended',
    labelNames: ['app', 'kind', 'outcome'],
  });
  const again = counter({
    name: 'bus_runs_again_total',
    help: 'Runs that were not the first, by why: it failed before, or its replica died',
    labelNames: ['app', 'kind', 'reason'],
  });
  const queued = histogram({
    name: 'bus_queued_seconds',
    help: "Time from when a message was queued until it was done, by the bus' clock",
    labelNames: ['app', 'kind'],
  });
  const requests = histogram({
    name: 'bus_request_duration_seconds',
    help: 'Time that a request of this app took to end',
    labelNames: ['app', 'target', 'outcome'],
  });
  const events = counter({
    name: 'bus_emitted_events_total',
    help: 'Events handed to the bus by how that ended',
    labelNames: ['app', 'topic', 'outcome'],
  });
  return {
    handled({ kind, outcome, attempt, isTakenOver, sinceQueuedMs }) {
      handled.inc({ app, kind, outcome });
      queued.observe({ app, kind }, sinceQueuedMs / 1_000);
      if (isTakenOver) again.inc({ app, kind, reason: 'taken-over' });
      else if (attempt > 1) again.inc({ app, kind, reason: 'failed' });
    },
    requested({ target, outcome, durationMs }) {
      requests.observe({ app, target, outcome }, durationMs / 1_000);
    },
    emitted({ topic, outcome }) {
      events.inc({ app, topic, outcome });
    },
  };
}

/** Shows what is before an app's server from now on. */
export function watchServer(app: string, server: TransportServer): void {
  watched.set(app, server);
  const running: Gauge<'app'> = gauge({
    name: 'bus_running_messages',
    help: 'Messages whose handlers run now',
    labelNames: ['app'],
    collect() {
      for (const [name, { running: now }] of watched) running.set({ app: name }, now);
    },
  });
  let look: Promise<void> | undefined;
  // Both are read at the same time: one look serves both.
  const collect = (): Promise<void> =>
    (look ??= showBacklogs(messages, ages).finally(() => (look = undefined)));
  const messages: Messages = gauge({
    name: 'bus_backlog_messages',
    help: 'Messages that nobody has had, that are handed out and not finished, that are dead letters, events that wait for their time',
    labelNames: [...labels, 'state'],
    collect,
  });
  const ages: Ages = gauge({
    name: 'bus_oldest_message_age_seconds',
    help: 'Time since the oldest unfinished message was queued',
    labelNames: labels,
    collect,
  });
}

/** An app that ends shows nothing more. */
export function unwatchServer(app: string): void {
  watched.delete(app);
}

type Messages = Gauge<'app' | 'queue' | 'state'>;
type Ages = Gauge<'app' | 'queue'>;

/** What cannot be asked now is not shown: an old figure would be a lie. */
async function showBacklogs(messages: Messages, ages: Ages): Promise<void> {
  messages.reset();
  ages.reset();
  const looks = [...watched].map(async ([app, server]) => {
    for (const { queue, oldestAt, ...counts } of await server.backlog()) {
      const name = [queue.kind, queue.name, queue.lane].filter(Boolean).join(':');
      messages.set({ app, queue: name, state: 'waiting' }, counts.waiting);
      messages.set({ app, queue: name, state: 'unfinished' }, counts.unfinished);
      messages.set({ app, queue: name, state: 'dead' }, counts.deadLetters);
      messages.set({ app, queue: name, state: 'scheduled' }, counts.scheduled);
      ages.set({ app, queue: name }, oldestAt ? Math.max(0, Date.now() - oldestAt) / 1_000 : 0);
    }
  });
  await Promise.allSettled(looks);
}
