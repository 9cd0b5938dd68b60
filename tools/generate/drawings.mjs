/** The system as Mermaid: what there is and what it is for, and which link speaks what. */

const entries = ({ services }) => Object.entries(services);
const fenced = (lines) => ['```mermaid', ...lines, '```'].join('\n');
/** Quotes and brackets would end a label. */
const label = (...lines) => lines.map((line) => line.replaceAll('"', '#quot;')).join('<br/>');

/** Lines of about this many characters keep boxes narrow. */
const LABEL_CHARACTERS = 34;

function wrapped(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (longer.length > LABEL_CHARACTERS) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const stores = [
  '  bus[["Redis: the bus<br/>streams, replies, broadcasts"]]',
  '  postgres[("PostgreSQL: the record<br/>a schema and a role per service")]',
];

const namesWith = (topology, key) =>
  entries(topology)
    .filter(([, service]) => service[key])
    .map(([name]) => name)
    .join(' & ');

export function containersDrawing(topology) {
  const boxes = entries(topology).map(
    ([name, { is }]) => `  ${name}["${label(`<b>${name}</b>`, ...wrapped(is))}"]`,
  );
  const asks = entries(topology).flatMap(([from, { calls }]) =>
    calls.map((to) => `  ${from} -- asks --> ${to}`),
  );
  const tells = entries(topology).flatMap(([from, { publishes }]) =>
    publishes.flatMap((topic) =>
      entries(topology)
        .filter(([, { subscribes }]) => subscribes.includes(topic))
        .map(([to]) => `  ${from} -. "tells ${topic}" .-> ${to}`),
    ),
  );
  return fenced([
    'flowchart TB',
    '  client(["client<br/>browser, mobile, scripts"])',
    ...boxes,
    ...stores,
    '  client -- HTTP --> gateway',
    ...asks,
    ...tells,
    `  ${entries(topology)
      .map(([name]) => name)
      .join(' & ')} --- bus`,
    `  ${namesWith(topology, 'database')} --> postgres`,
  ]);
}

export function componentsDrawing(topology, ports, methods) {
  const names = entries(topology).map(([name]) => name);
  const outside = entries(topology).flatMap(([name, service]) =>
    service.outside.map((there, index) => {
      const id = `${name}-outside-${index}`;
      return `  ${name} -- "HTTPS<br/>any → 443" --> ${id}(["${label(there)}"])`;
    }),
  );
  return fenced([
    'flowchart LR',
    '  client(["client"])',
    '  cluster(["cluster: probes and metrics"])',
    ...names.map((name) => `  ${name}["${name}"]`),
    ...stores,
    `  client -- "HTTP ${methods.join(' ')}<br/>any → ${ports.door} (images ${ports.image})" --> gateway`,
    `  ${names.join(' & ')} -- "RESP<br/>any → ${ports.redis}" --> bus`,
    `  ${namesWith(topology, 'database')} -- "PostgreSQL 3.0<br/>any → ${ports.postgres}" --> postgres`,
    `  cluster -. "HTTP GET<br/>any → ${ports.admin}" .-> ${names.join(' & ')}`,
    ...outside,
  ]);
}
