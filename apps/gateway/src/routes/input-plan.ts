import { Problem, type Fault } from '@courtside/contracts';
import type { UserIdentity } from '@courtside/service';
import { readQuery, type Query } from './query.js';
import type { Coercion } from './coerce.js';

/** What one HTTP request gives for the input of a message. */
export interface Given {
  readonly params: Readonly<Record<string, string>>;
  readonly queryText: string;
  /** The parsed body; undefined when the plan does not take one. */
  readonly body: unknown;
  readonly user: UserIdentity | undefined;
}

/** Where the value of one field comes from. */
export type FieldSource =
  | { readonly from: 'path' | 'query'; readonly name: string; readonly coerce: Coercion }
  | { readonly from: 'body'; readonly name: string }
  | { readonly from: 'claims'; readonly claim: 'userId' | 'sessionId' }
  | { readonly from: 'literal'; readonly value: string | number | boolean | null };

/** A parameter of the query that the route takes. */
export interface QueryField {
  readonly coerce: Coercion;
  readonly isList: boolean;
  /** Whether it becomes the field of its own name. */
  readonly isSpread: boolean;
}

/** How a request becomes the input of a message; decided when the table is loaded. */
export interface InputPlan {
  /** What is taken over whole: then every field not named below comes from there. */
  readonly spread: 'body' | 'query' | undefined;
  readonly fields: readonly (readonly [string, FieldSource])[];
  readonly query: ReadonlyMap<string, QueryField>;
  readonly takesBody: boolean;
}

/** @throws Problem `request.invalid` listing every parameter that the route does not take. */
export function inputOf(plan: InputPlan, given: Given): unknown {
  const query = readQuery(given.queryText);
  refuseUnknown(query, plan.query);
  if (plan.spread === 'body' && plan.fields.length === 0) return given.body;
  const input = plan.spread ? spread(plan, query, given.body) : {};
  for (const [name, source] of plan.fields) {
    const value = valueOf(source, query, given);
    if (value !== undefined) input[name] = value;
  }
  return input;
}

function refuseUnknown(query: Query, known: InputPlan['query']): void {
  const errors: Fault[] = [];
  for (const [name, values] of query) {
    const field = known.get(name);
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (!field) errors.push({ pointer, detail: notTaken(known) });
    else if (values.length > 1 && !field.isList) {
      errors.push({ pointer, detail: 'is given more than once' });
    }
  }
  if (errors.length === 0) return;
  const detail = errors.map((fault) => `query${fault.pointer}: ${fault.detail}`).slice(0, 3);
  throw new Problem('request.invalid', detail.join('; '), { errors });
}

function notTaken(known: InputPlan['query']): string {
  const names = [...known.keys()];
  return names.length === 0
    ? 'is not taken: this path has no query'
    : `is not taken: there are ${names.join(', ')}`;
}

function spread(plan: InputPlan, query: Query, body: unknown): Record<string, unknown> {
  if (plan.spread === 'query') return fromQuery(plan, query);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    const errors = [{ pointer: '', detail: 'must be an object' }];
    throw new Problem('request.invalid', 'the body must be an object', { errors });
  }
  const named = plan.fields.filter(([name]) => Object.hasOwn(body, name));
  if (named.length > 0) {
    const errors = named.map(([name]) => ({ pointer: `/${name}`, detail: 'is not for the body' }));
    throw new Problem('request.invalid', undefined, { errors });
  }
  return { ...body };
}

function fromQuery(plan: InputPlan, query: Query): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, values] of query) {
    const field = plan.query.get(name);
    if (field?.isSpread) input[name] = field.coerce(values);
  }
  return input;
}

function valueOf(source: FieldSource, query: Query, { params, body, user }: Given): unknown {
  switch (source.from) {
    case 'path':
      return source.coerce([params[source.name] ?? '']);
    case 'query': {
      const values = query.get(source.name);
      return values && source.coerce(values);
    }
    case 'body':
      return fieldOf(body, source.name);
    case 'claims':
      return user?.[source.claim];
    case 'literal':
      return source.value;
  }
}

function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined;
}
