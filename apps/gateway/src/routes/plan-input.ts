import type { Message } from '@courtside/contracts';
import { coercionTo, isList, type Coercion } from './coerce.js';
import type { FieldSource, InputPlan, QueryField } from './input-plan.js';
import { resolved, schemasOf, type JsonSchema } from './message-schemas.js';
import type { RoutePath } from './route-path.js';
import type { RouteEntry } from './route-table.js';

type Literal = string | number | boolean | null;
type Given = RouteEntry['to']['input'];

/** Says what is wrong; `key` is the field of the mapping it stands at. */
export type Say = (sentence: string, key?: string) => void;

const EVERYTHING = '...';
const claims = { sub: 'userId', sid: 'sessionId' } as const;

interface Subject {
  readonly message: Message;
  readonly path: RoutePath;
  /** Whether requests of this method carry a body. */
  readonly hasBody: boolean;
  readonly isSignedIn: boolean;
}

/** Plans the input of a message from what the route says; tells everything that does not fit it. */
export function planInput(given: Given, subject: Subject, say: Say): InputPlan {
  const root = schemasOf(subject.message).input;
  const schema = resolved(root, root);
  const known = schema.properties ?? {};
  const entries = Object.entries(typeof given === 'object' ? given : {});
  const spread = spreadOf(given, entries, say);
  const fields: [string, FieldSource][] = [];
  for (const [name, value] of entries) {
    if (name === EVERYTHING) continue;
    const field = known[name];
    if (!field) say(`${subject.message.name} has no field ${name}: it takes ${list(known)}`, name);
    const source = sourceOf(value, field ?? {}, root);
    if (typeof source === 'string') say(source, name);
    else fields.push([name, source]);
  }
  const plan: InputPlan = {
    spread,
    fields,
    query: queryOf(spread, fields, known, root),
    takesBody: spread === 'body' || fields.some(([, source]) => source.from === 'body'),
  };
  checkRequired(plan, schema, subject.message, say);
  checkSources(plan, subject, say);
  return plan;
}

function spreadOf(given: Given, entries: [string, Literal][], say: Say): InputPlan['spread'] {
  const source = typeof given === 'string' ? given : new Map(entries).get(EVERYTHING);
  if (source === undefined) return undefined;
  if (source === '$body') return 'body';
  if (source === '$query') return 'query';
  say(`"..." takes over $body or $query, not ${String(source)}`, EVERYTHING);
  return undefined;
}

function sourceOf(value: Literal, field: JsonSchema, root: JsonSchema): FieldSource | string {
  if (typeof value !== 'string' || !value.startsWith('$')) return { from: 'literal', value };
  const [from, name, ...more] = value.slice(1).split('.');
  if (name === undefined || name === '' || more.length > 0) return notKnown(value);
  switch (from) {
    case 'path':
    case 'query':
      return { from, name, coerce: coercionTo(field, root) };
    case 'body':
      return { from, name };
    case 'claims':
      return name === 'sub' || name === 'sid'
        ? { from, claim: claims[name] }
        : `a token has $claims.sub and $claims.sid, no ${name}`;
    default:
      return notKnown(value);
  }
}

const notKnown = (value: string): string =>
  `${value} is none of $path.x, $query.x, $body.x, $claims.sub, $claims.sid`;

function queryOf(
  spread: InputPlan['spread'],
  fields: InputPlan['fields'],
  known: Readonly<Record<string, JsonSchema>>,
  root: JsonSchema,
): ReadonlyMap<string, QueryField> {
  const query = new Map<string, QueryField>();
  const fieldOf = (coerce: Coercion, schema: JsonSchema, isSpread: boolean): QueryField => ({
    coerce,
    isList: isList(schema, root),
    isSpread,
  });
  const named = new Set(fields.map(([name]) => name));
  for (const [name, schema] of spread === 'query' ? Object.entries(known) : []) {
    if (named.has(name)) continue;
    query.set(name, fieldOf(coercionTo(schema, root), schema, true));
  }
  for (const [name, source] of fields) {
    if (source.from !== 'query') continue;
    const schema = known[name] ?? {};
    query.set(source.name, fieldOf(source.coerce, schema, false));
  }
  return query;
}

function checkRequired(plan: InputPlan, schema: JsonSchema, message: Message, say: Say): void {
  if (plan.spread) return;
  const given = new Set(plan.fields.map(([name]) => name));
  const missing = (schema.required ?? []).filter((name) => !given.has(name));
  if (missing.length > 0) say(`the input of ${message.name} misses ${missing.join(', ')}`);
}

function checkSources(plan: InputPlan, subject: Subject, say: Say): void {
  const used = new Set<string>();
  for (const [name, source] of plan.fields) {
    if (source.from === 'path') used.add(source.name);
    if (source.from === 'path' && !subject.path.params.includes(source.name)) {
      say(`${subject.path.text} has no {${source.name}}`, name);
    }
    if (source.from === 'claims' && !subject.isSignedIn) {
      say('there are no claims where auth is none', name);
    }
  }
  if (plan.takesBody && !subject.hasBody) say('requests of this method carry no body');
  const unused = subject.path.params.filter((name) => !used.has(name));
  if (unused.length > 0) say(`{${unused.join('}, {')}} of ${subject.path.text} is never used`);
}

const list = (known: object): string => Object.keys(known).join(', ') || 'nothing';
