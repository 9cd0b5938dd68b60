import { resolved, type JsonSchema } from '../../routes/message-schemas.js';

/** One field of an event for people: `items[].price.amount`. */
export interface FieldRow {
  readonly path: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Every field of a schema with the fields inside it, in their order. */
export function fieldRows(given: JsonSchema, root: JsonSchema, before = ''): FieldRow[] {
  const { properties = {}, required = [] } = whole(given, root);
  return Object.entries(properties).flatMap(([name, field]) => {
    const schema = whole(field, root);
    const isList = schema.items !== undefined;
    const path = `${before}${name}${isList ? '[]' : ''}`;
    const inner = schema.items ? whole(schema.items, root) : schema;
    const row = {
      path,
      type: isList ? `list of ${typeText(inner)}` : typeText(inner),
      isRequired: required.includes(name),
      description: schema.description ?? '',
    };
    return [row].concat(fieldRows(inner, root, `${path}.`));
  });
}

/** A schema with what it refers to; its own words go before those. */
function whole(given: JsonSchema, root: JsonSchema): JsonSchema {
  const { allOf = [], ...own } = resolved(given, root);
  return Object.assign({}, ...allOf.map((part) => whole(part, root)), own) as JsonSchema;
}

function typeText(schema: JsonSchema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const options = schema.anyOf ?? schema.oneOf;
  if (options) return options.map(typeText).join(' or ');
  const type = Array.isArray(schema.type) ? schema.type.join(' or ') : (schema.type ?? 'any');
  return schema.format ? `${String(type)} (${schema.format})` : String(type);
}
