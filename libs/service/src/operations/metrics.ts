import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * The metrics of this process: one registry, with an `app` label where apps differ. Includes the
 * event loop's lag (`nodejs_eventloop_lag_p99_seconds`).
 */
export function metricsRegistry(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}

/** How long handlers take; buckets reach from a cache hit to the default deadline. */
export function messageDuration(): Histogram<'app' | 'message' | 'outcome'> {
  const name = 'message_duration_seconds';
  const known = metricsRegistry().getSingleMetric(name);
  if (known) return known as Histogram<'app' | 'message' | 'outcome'>;
  return new Histogram({
    name,
    help: 'Time from taking a message to its answer',
    labelNames: ['app', 'message', 'outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [metricsRegistry()],
  });
}
