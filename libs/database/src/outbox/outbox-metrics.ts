import { counter, gauge } from '@courtside/service';

/** Rows counted at most: telling 100,000 from more is worth no longer look. */
const COUNTED_MAX = 100_000;

/** Rows by state, and how long ago the oldest was written, seconds. */
export const MEASURE = `
  SELECT
    (SELECT count(*) FROM (SELECT FROM outbox WHERE epoch IS NULL LIMIT ${COUNTED_MAX}) counted)::int
      AS unpublished,
    (SELECT count(*) FROM (SELECT FROM outbox WHERE epoch IS NOT NULL LIMIT ${COUNTED_MAX}) counted)::int
      AS unconfirmed,
    coalesce((SELECT extract(epoch FROM now() - created_at) FROM outbox ORDER BY sequence LIMIT 1), 0)::float8
      AS "oldestAgeSeconds"
`;

export interface Measured {
  readonly unpublished: number;
  readonly unconfirmed: number;
  readonly oldestAgeSeconds: number;
}

/** The figures of one app's outbox; processes of one app tell the same rows, so take the largest. */
export class OutboxMetrics {
  readonly #rows = gauge({
    name: 'outbox_rows',
    help: `Events that wait to be published, or to be confirmed by all; ${COUNTED_MAX} at most`,
    labelNames: ['app', 'state'],
  });
  readonly #age = gauge({
    name: 'outbox_oldest_age_seconds',
    help: 'Time since the oldest event in the outbox was written',
    labelNames: ['app'],
  });
  readonly #published = counter({
    name: 'outbox_published_events_total',
    help: 'Events handed to the bus, each time anew',
    labelNames: ['app', 'topic'],
  });
  readonly #confirmed = counter({
    name: 'outbox_confirmations_total',
    help: 'Events that a subscribing service has confirmed',
    labelNames: ['app', 'group'],
  });
  readonly #failures = counter({
    name: 'outbox_failures_total',
    help: 'Passes of the relay that failed',
    labelNames: ['app'],
  });

  constructor(private readonly app: string) {}

  measured({ unpublished, unconfirmed, oldestAgeSeconds }: Measured): void {
    this.#rows.set({ app: this.app, state: 'unpublished' }, unpublished);
    this.#rows.set({ app: this.app, state: 'unconfirmed' }, unconfirmed);
    this.#age.set({ app: this.app }, oldestAgeSeconds);
  }

  published(topic: string, events: number): void {
    this.#published.inc({ app: this.app, topic }, events);
  }

  confirmed(group: string, events: number): void {
    this.#confirmed.inc({ app: this.app, group }, events);
  }

  failed(): void {
    this.#failures.inc({ app: this.app });
  }
}
