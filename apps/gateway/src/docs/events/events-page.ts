import { serviceNames } from '@courtside/contracts';
import { escaped, page } from '../../pages/html.js';
import type { DescribedEvent } from './described-event.js';
import { fieldRows, type FieldRow } from './field-rows.js';
import { answeredBy, callersOf } from './request-part.js';

type Row = readonly string[];

/** The events for people; everything on it comes from contracts and topology. */
export function eventsPage(described: readonly DescribedEvent[]): string {
  return page(
    'Courtside: events',
    `<h1>Events</h1>
<p>What the services tell each other over the bus, from the contracts they are held to. Each event is a
<a href="#envelope">CloudEvent</a>, told at least once: remember its <code>id</code>, and leave out
fields that you do not know.</p>
<ul>
<li><a href="/docs/events.json">The same as AsyncAPI 3.0</a>, requests and replies included</li>
<li><a href="/docs">Every operation over HTTP</a>, <a href="/schema">as OpenAPI 3.1</a></li>
<li><a href="/">Start page</a></li>
</ul>
${table(['event', 'version', 'told by', 'handled by', 'says'], described.map(indexRow))}
${described.map(section).join('\n')}
${envelope(described)}
${requests()}`,
  );
}

const indexRow = ({ event, publishers, subscribers }: DescribedEvent): Row => [
  `<a href="#${escaped(event.name)}"><code>${escaped(event.name)}</code></a>`,
  String(event.version),
  names(publishers),
  names(subscribers),
  escaped(event.summary),
];

function section({ event, type, stream, payload, example, ...who }: DescribedEvent): string {
  const data = payload.properties?.['data'] ?? {};
  const { name, summary, version, deprecated } = event;
  const facts: Row[] = [
    ['Told by', names(who.publishers)],
    ['Handled by', names(who.subscribers)],
    ['Version', `${version}, <code>type</code> is <code>${escaped(type)}</code>`],
    ['Stream', `<code>${escaped(stream)}</code>, a consumer group for each that handles it`],
  ];
  if (deprecated) {
    const { since, successor } = deprecated;
    const link = `<a href="#${escaped(successor)}"><code>${escaped(successor)}</code></a>`;
    facts.unshift(['Deprecated', `since ${escaped(since)}: use ${link}`]);
  }
  return `<section id="${escaped(name)}">
<h2><code>${escaped(name)}</code></h2>
<p>${escaped(summary)}.</p>
${table([], facts)}
<h3>Fields of <code>data</code></h3>
${fields(fieldRows(data, payload))}
<h3>Example</h3>
<pre><code>${escaped(JSON.stringify(example, null, 2))}</code></pre>
</section>`;
}

/** The attributes around the data are the same for all but their constants. */
function envelope([first]: readonly DescribedEvent[]): string {
  const rows = first ? fieldRows(first.payload, first.payload) : [];
  const around = rows.filter(({ path }) => path !== 'data' && !path.startsWith('data.'));
  const [source, type] = [first?.event.service ?? '', first?.type ?? ''];
  const examples = new Map([
    ['source', `such as /${source}`],
    ['type', `such as ${type}`],
  ]);
  const shown = around.map((row) => withExample(row, examples.get(row.path)));
  return `<section id="envelope">
<h2>Around every event</h2>
<p>The attributes of CloudEvents 1.0 in its JSON format, <code>application/cloudevents+json</code>.</p>
${fields(shown)}
</section>`;
}

function requests(): string {
  const rows = serviceNames.flatMap((service) =>
    answeredBy(service).map((message): Row => [
      `<code>${escaped(message.name)}</code>`,
      names(callersOf(message)),
      escaped(message.summary),
    ]),
  );
  return `<section id="requests">
<h2>Requests</h2>
<p>What services ask each other and answer. Clients reach them through the
<a href="/docs">operations</a> alone.</p>
${table(['message', 'asked by', 'does'], rows)}
</section>`;
}

const fields = (rows: readonly FieldRow[]): string =>
  table(
    ['field', 'type', 'given', 'is'],
    rows.map(({ path, type, isRequired, description }) => [
      `<code>${escaped(path)}</code>`,
      escaped(type),
      isRequired ? 'always' : 'if known',
      escaped(description),
    ]),
  );

const names = (services: readonly string[]): string => escaped(services.join(', ')) || 'nobody yet';

/** Cells are HTML; without heads the first cell of each row is one. */
function table(heads: Row, rows: readonly Row[]): string {
  const cells = ([first = '', ...rest]: Row) =>
    heads.length > 0
      ? [first, ...rest].map((cell) => `<td>${cell}</td>`).join('')
      : `<th scope="row">${first}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}`;
  const head = heads.map((name) => `<th scope="col">${name}</th>`).join('');
  return `<div class="table"><table>
${heads.length > 0 ? `<tr>${head}</tr>\n` : ''}${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}
</table></div>`;
}

/** Here it is a text of many values; in one event it is a constant. */
function withExample(row: FieldRow, example: string | undefined): FieldRow {
  return example === undefined ? row : { ...row, type: 'string', description: example };
}
