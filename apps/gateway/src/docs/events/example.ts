import { resolved, type JsonSchema } from '../../routes/message-schemas.js';

/** What stands for a text whose schema names no example. */
const texts: Readonly<Record<string, string>> = {
  'date-time': '2026-11-25T09:30:00.000Z',
  email: 'ada@example.org',
  uri: 'https://example.org',
};

/**
 * A value that a schema describes: the example it names where it does, every optional field given.
 * A text with a pattern of its own must name one: `.meta({ examples: ['EUR'] })`.
 */
export function exampleOf(given: JsonSchema, root: JsonSchema = given): unknown {
  const schema = resolved(given, root);
  if (schema.const !== undefined) return schema.const;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.enum?.[0] !== undefined) return schema.enum[0];
  const inner = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema.allOf?.[0];
  if (inner) return exampleOf(inner, root);
  switch (typeof schema.type === 'string' ? schema.type : schema.type?.[0]) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {}).map(([name, field]) => [
          name,
          exampleOf(field, root),
        ]),
      );
    case 'array':
      return schema.items ? [exampleOf(schema.items, root)] : [];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'string':
      return texts[schema.format ?? ''] ?? 'text';
    default:
      return null;
  }
}
