import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsRegistry } from '@courtside/service';

const CHART = 'helm/microservices-app';

/** The labels that Prometheus adds to whatever it reads, and that of histograms. */
const ADDED = ['namespace', 'pod', 'job', 'le'];

interface Use {
  readonly metric: string;
  readonly labels: readonly string[];
}

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /(?<!\.spec)\.ts$/.test(entry.name))
    .filter(({ parentPath }) => parentPath.includes('/src'))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));

/** Names of labels as they are written in a source file; a constant `labels` is looked up there. */
function labelsOf(list: string, text: string): string[] {
  const named = (words: string): string[] =>
    [...words.matchAll(/'(\w+)'/g)].map(([, word]) => word!);
  const constant = /const labels = (\[.*?\])/.exec(text)?.[1] ?? '';
  return [...named(list), ...(/\blabels\b/.test(list) ? named(constant) : [])];
}

/** What others measure: kube-state-metrics. */
const others = new Map([['kube_cronjob_status_last_successful_time', ['cronjob']]]);

/** Every metric that the apps make, with its labels; those of Node have none. */
function made(): Map<string, readonly string[]> {
  const metric = /name: '([a-z_]+)',\s+help: .*?labelNames: (\[.*?\]|labels),/gs;
  const own = [...sources('libs'), ...sources('apps')].flatMap((text) =>
    [...text.matchAll(metric)].map(([, name, list]) => [name!, labelsOf(list!, text)] as const),
  );
  const nodes = metricsRegistry()
    .getMetricsAsArray()
    .map(({ name }) => [name, []] as const);
  return new Map([...nodes, ...own, ...others] as [string, readonly string[]][]);
}

/** What follows a metric in an expression: its selector, and the labels it is grouped by. */
function usesIn(expression: string): Use[] {
  const grouped = [...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) =>
    list!.split(', '),
  );
  return [...expression.matchAll(/\b([a-z][a-z0-9_]*)\{([^}]*)\}/g)].map(
    ([, metric, selector]) => ({
      metric: metric!.replace(/_(bucket|count|sum)$/, ''),
      labels: [...grouped, ...[...selector!.matchAll(/(\w+)[=!]/g)].map(([, label]) => label!)],
    }),
  );
}

interface Dashboard {
  readonly uid: string;
  readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[];
}

const dashboards = (): Dashboard[] =>
  readdirSync(`${CHART}/files/dashboards`).map((name) =>
    JSON.parse(readFileSync(`${CHART}/files/dashboards/${name}`, 'utf8')),
  );

/** The expressions of the alerts, with what the template puts in written out. */
function alerts(): string[] {
  const text = readFileSync(`${CHART}/templates/rules.yaml`, 'utf8')
    .replaceAll(/\{\{- \$here -?\}\}/g, 'namespace="ns"')
    .replaceAll(/\{ +namespace/g, '{namespace')
    .replaceAll(/" \}/g, '"}');
  const selectors = [...text.matchAll(/printf "([a-z_]+\{)%s(.*?\})"/g)];
  const written = selectors.map(([, metric, rest]) => `${metric}namespace="ns"${rest}`);
  const plain = [...text.matchAll(/expr: (.*)/g)].map(([, expression]) => expression!);
  return [...written, ...plain];
}

const faultsOf = (expressions: readonly string[]): string[] => {
  const known = made();
  return expressions.flatMap(usesIn).flatMap(({ metric, labels }) => {
    const own = known.get(metric);
    if (!own) return [`no app makes ${metric}`];
    const strange = labels.filter((label) => ![...own, ...ADDED].includes(label));
    return strange.map((label) => `${metric} has no label ${label}`);
  });
};

describe('what is watched', () => {
  it('is measured: every metric of a dashboard is one that the apps make, with the labels it is asked by', () => {
    const expressions = dashboards().flatMap(({ panels }) =>
      panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    );
    expect(expressions.length).toBeGreaterThan(30);
    for (const expression of expressions) expect(usesIn(expression)).not.toEqual([]);
    expect(faultsOf(expressions)).toEqual([]);
  });

  it('is measured: every metric of an alert is one that the apps make, with the labels it is asked by', () => {
    const uses = alerts().flatMap(usesIn);
    expect(new Set(uses.map(({ metric }) => metric)).size).toBeGreaterThan(7);
    expect(faultsOf(alerts())).toEqual([]);
  });

  it('would be told of a metric or a label that nobody makes', () => {
    expect(faultsOf(['sum by (colour) (rate(bus_denied_total{namespace="ns"}[5m]))'])).toEqual([
      'bus_denied_total has no label colour',
    ]);
    expect(faultsOf(['bus_dreams_total{namespace="ns"}'])).toEqual([
      'no app makes bus_dreams_total',
    ]);
  });

  it('has dashboards with names of their own', () => {
    const uids = dashboards().map(({ uid }) => uid);
    expect(uids.toSorted()).toEqual(['courtside-bus', 'courtside-outbox', 'courtside-platform']);
  });

  it('counts what comes in time by a bound that the gateway has', () => {
    const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8'));
    const { rules } = schema.properties.monitoring.properties;
    const buckets = /DURATION_BUCKETS = \[(.*?)\]/.exec(
      readFileSync('libs/service/src/operations/metrics.ts', 'utf8'),
    )?.[1];
    const bounds = buckets?.split(', ').map(Number);
    expect(bounds).toEqual(
      expect.arrayContaining(rules.properties.latency.properties.seconds.enum),
    );
  });
});
