/** Reads a JSON Schema the way it is compared: references followed, alternatives and parts laid open. */

/** Say nothing about which values there are. */
const annotations = new Set([
  '$schema',
  '$id',
  'id',
  'title',
  'description',
  'examples',
  'default',
]);

/** What a schema says once its references are followed and its `allOf` is one with it. */
export function resolved(schema, root) {
  if (typeof schema !== 'object' || schema === null) return schema === false ? { not: {} } : {};
  const { $ref, allOf = [], ...own } = schema;
  const parts = [...($ref === undefined ? [] : [at($ref, root)]), ...allOf];
  return parts.map((part) => resolved(part, root)).reduce(both, withPatterns(own));
}

/** What stands at a reference such as `#/components/schemas/Order`. */
function at(reference, root) {
  const steps = reference.replace(/^#\/?/, '').split('/').filter(Boolean);
  const found = steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((value, step) => value?.[step], root);
  if (found === undefined) throw new Error(`${reference} leads nowhere`);
  return found;
}

/** A value may have to fit several patterns; one is a list of one. */
function withPatterns({ pattern, ...schema }) {
  const plain = Object.entries(schema).filter(([key]) => !annotations.has(key));
  return Object.fromEntries([
    ...plain,
    ...(pattern === undefined ? [] : [['patterns', [pattern]]]),
  ]);
}

const merges = {
  patterns: (one, other) => [...new Set([...one, ...other])],
  properties: (one, other) => ({ ...one, ...other }),
  required: (one, other) => [...new Set([...one, ...other])],
  minimum: Math.max,
  minLength: Math.max,
  minItems: Math.max,
  maximum: Math.min,
  maxLength: Math.min,
  maxItems: Math.min,
};

/** What satisfies both schemas; where that cannot be said in one, the later word counts. */
function both(one, other) {
  const merged = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const merge = key in merged ? merges[key] : undefined;
    merged[key] = merge ? merge(merged[key], value) : value;
  }
  return merged;
}

/** The alternatives of a schema, each of one type; a schema without any is its only one. */
export function alternatives(schema, root) {
  const { anyOf, oneOf, ...around } = schema;
  const options = anyOf ?? oneOf;
  if (options) {
    return options.flatMap((option) => alternatives(both(around, resolved(option, root)), root));
  }
  if (!Array.isArray(schema.type)) return [schema];
  return schema.type.map((type) => ({ ...schema, type }));
}

/** The values that a schema lists; undefined where it lists none. */
export const listed = ({ enum: values, const: only }) =>
  values ?? (only === undefined ? undefined : [only]);
