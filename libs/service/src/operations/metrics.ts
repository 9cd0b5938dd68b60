import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** From a cache hit to the default deadline, seconds. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

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

/** A metric: its unit in its name, its label values from closed sets. */
export interface Metric<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly L[];
}

/** A gauge that looks, each time the metrics are read. */
interface Looking<L extends string> extends Metric<L> {
  readonly collect?: () => void | Promise<void>;
}

/** How long something takes, seconds. Asked for again, the same one. */
export function histogram<L extends string>(metric: Metric<L>): Histogram<L> {
  const known = metricsRegistry().getSingleMetric(metric.name);
  if (known) return known as Histogram<L>;
  return new Histogram({ ...metric, buckets: DURATION_BUCKETS, registers: [metricsRegistry()] });
}

/** What something is now. Asked for again, the same one. */
export function gauge<L extends string>(metric: Looking<L>): Gauge<L> {
  const known = metricsRegistry().getSingleMetric(metric.name);
  return known ? (known as Gauge<L>) : new Gauge({ ...metric, registers: [metricsRegistry()] });
}

/** How often something happened. Asked for again, the same one. */
export function counter<L extends string>(metric: Metric<L>): Counter<L> {
  const known = metricsRegistry().getSingleMetric(metric.name);
  return known ? (known as Counter<L>) : new Counter({ ...metric, registers: [metricsRegistry()] });
}

/** How long handlers take. */
export const messageDuration = (): Histogram<'app' | 'message' | 'outcome'> =>
  histogram({
    name: 'message_duration_seconds',
    help: 'Time from taking a message to its answer',
    labelNames: ['app', 'message', 'outcome'],
  });
