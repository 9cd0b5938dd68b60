/** Small words for Grafana dashboards: rows of graphs, each of a few queries. */

/** What Grafana 11 and later read. */
const SCHEMA = 39;
const COLUMNS = 24;
const HEIGHT = 8;

const datasource = { type: 'prometheus', uid: '${datasource}' };

/** Of each metric, the series of the platform that is looked at. */
export const HERE = 'namespace="$namespace"';

/**
 * One graph.
 * @param {string} title
 * @param {string} unit one of Grafana's: reqps, s, percentunit, short, cps
 * @param {Record<string, string>} queries by what their lines are called; `{{label}}` is put in
 */
export const graph = (title, unit, queries, says = '') => ({ title, unit, queries, says });

const targets = (queries) =>
  Object.entries(queries).map(([legendFormat, expr], index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource,
    expr,
    legendFormat,
  }));

function panel({ title, unit, queries, says }, { id, x, y, w }) {
  return {
    id,
    title,
    ...(says && { description: says }),
    type: 'timeseries',
    datasource,
    gridPos: { h: HEIGHT, w, x, y },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: targets(queries),
  };
}

const variables = (metric) => [
  { name: 'datasource', type: 'datasource', query: 'prometheus' },
  {
    name: 'namespace',
    type: 'query',
    datasource,
    query: `label_values(${metric}, namespace)`,
    refresh: 2,
  },
];

/**
 * @param {{ name: string, title: string, says: string, known: string, rows: object[][] }} dashboard
 * `known`: a metric whose namespaces are those of platforms
 */
export function dashboard({ name, title, says, known, rows }) {
  const panels = rows.flatMap((row, y) =>
    row.map((one, x) => {
      const w = COLUMNS / row.length;
      return panel(one, { id: y * COLUMNS + x + 1, x: x * w, y: y * HEIGHT, w });
    }),
  );
  return {
    uid: `courtside-${name}`,
    title: `Courtside: ${title}`,
    description: says,
    tags: ['courtside'],
    schemaVersion: SCHEMA,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: { list: variables(known) },
    panels,
  };
}
