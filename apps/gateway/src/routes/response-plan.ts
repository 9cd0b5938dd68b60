import type { Message } from '@courtside/contracts';
import { hasField, resolved, schemasOf } from './message-schemas.js';
import type { RouteEntry } from './route-table.js';

/** What is done to an answer, decided when the table is loaded. */
export interface ResponsePlan {
  readonly status: number;
  /** A template: `{field}` stands for a field of the answer. */
  readonly location: string | undefined;
  readonly etag: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly drop: readonly string[];
  readonly rename: Readonly<Record<string, string>>;
  readonly envelope: string | undefined;
  /** Changes the body; undefined where it goes out as the service wrote it. */
  readonly reshape: ((body: unknown) => unknown) | undefined;
}

type Plain = Record<string, unknown>;

/** Headers that the gateway alone decides about. */
const ownHeaders = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'location',
  'etag',
  'deprecation',
  'sunset',
]);

/** Plans what happens to the answers of a message; tells everything that does not fit them. */
export function planResponse(
  given: RouteEntry['response'] = {},
  message: Message,
  say: (sentence: string, key?: string) => void,
): ResponsePlan {
  const { output } = schemasOf(message);
  const { location, etag, drop = [], rename = {}, envelope, headers = {} } = given;
  const isEmpty = resolved(output, output).type === 'null';
  const check = (key: string, fields: readonly string[]) => {
    const absent = fields.filter((field) => !hasField(output, field));
    if (absent.length > 0) say(`${message.name} answers no ${absent.join(', ')}`, key);
  };
  check('location', location ? fieldsIn(location) : []);
  check('etag', etag ? [etag] : []);
  check('drop', drop);
  check('rename', Object.keys(rename));
  for (const name of Object.keys(headers)) {
    if (ownHeaders.has(name)) say(`the gateway itself decides about ${name}`, 'headers');
  }
  return {
    status: given.status ?? (isEmpty ? 204 : 200),
    location,
    etag,
    headers,
    drop,
    rename,
    envelope,
    reshape: reshaping(drop, rename, envelope),
  };
}

/** The fields that a template such as `/api/v1/users/{id}` names. */
export const fieldsIn = (template: string): string[] =>
  [...template.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** The template with the fields of an answer in place. */
export const filledIn = (template: string, body: unknown): string =>
  template.replace(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String((body as Plain | null)?.[name] ?? '')),
  );

function reshaping(
  drop: readonly string[],
  rename: Readonly<Record<string, string>>,
  envelope: string | undefined,
): ResponsePlan['reshape'] {
  const changes = [
    ...drop.map((path) => changeAt(path, (_from, object, name) => delete object[name])),
    ...Object.entries(rename).map(([path, to]) =>
      changeAt(path, (value, object, name) => {
        delete object[name];
        object[to] = value;
      }),
    ),
  ];
  if (changes.length === 0 && envelope === undefined) return undefined;
  return (body) => {
    for (const change of changes) change(body);
    return envelope === undefined ? body : { [envelope]: body };
  };
}

/** Applies `change` to the field at the end of a path; lists on the way are looked through. */
function changeAt(
  path: string,
  change: (value: unknown, object: Plain, name: string) => void,
): (body: unknown) => void {
  const names = path.split('.');
  const last = names.length - 1;
  const visit = (value: unknown, depth: number): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, depth));
    if (typeof value !== 'object' || value === null) return;
    const object = value as Plain;
    const name = names[depth] ?? '';
    if (!Object.hasOwn(object, name)) return;
    if (depth === last) change(object[name], object, name);
    else visit(object[name], depth + 1);
  };
  return (body) => visit(body, 0);
}
