import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'yaml';
import { z } from 'zod';

interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
}

const charts = readdirSync('helm').filter((name) => name !== 'library');
const schemaOf = (chart: string): Schema =>
  JSON.parse(readFileSync(`helm/${chart}/values.schema.json`, 'utf8'));
const defaultsOf = (chart: string): Record<string, unknown> =>
  parse(readFileSync(`helm/${chart}/values.yaml`, 'utf8'));

/** A piece of the Kubernetes API names no keys: the API server knows them. */
const isGroup = ({ properties = {} }: Schema): boolean => Object.keys(properties).length > 0;

/** The places of a schema that hold groups of values, each as the keys that lead to it. */
function groupsOf(
  { properties = {} }: Schema,
  path: readonly string[] = [],
): (readonly string[])[] {
  const inner = Object.entries(properties).flatMap(([key, field]) =>
    isGroup(field) ? groupsOf(field, [...path, key]) : [],
  );
  return [path, ...inner];
}

const at = (schema: Schema, path: readonly string[]): Schema =>
  path.reduce((here, key) => here.properties?.[key] ?? {}, schema);

/** Every value of a schema that has no values below it. */
function leavesOf(schema: Schema): (readonly [string, Schema])[] {
  return groupsOf(schema).flatMap((path) =>
    Object.entries(at(schema, path).properties ?? {})
      .filter(([, field]) => !isGroup(field))
      .map(([key, field]) => [[...path, key].join('.'), field] as const),
  );
}

/** Slips of a hand: a letter doubled, left out, swapped with the next, in the other case. */
const slips = (key: string, at: number): string[] => [
  key.slice(0, at) + key.slice(at, at + 1) + key.slice(at),
  key.slice(0, at) + key.slice(at + 1),
  key.slice(0, at) + key.slice(at + 1, at + 2) + key.slice(at, at + 1) + key.slice(at + 2),
  key.slice(0, at) + key.charAt(at).toUpperCase() + key.slice(at + 1),
  key.slice(0, at) + key.charAt(at).toLowerCase() + key.slice(at + 1),
];

/** The same values with a key of one group written another way. */
function withSlip(values: unknown, path: readonly string[], key: string, slip: string): unknown {
  const [next, ...rest] = path;
  const group = (values ?? {}) as Record<string, unknown>;
  if (next !== undefined) return { ...group, [next]: withSlip(group[next], rest, key, slip) };
  const { [key]: value, ...others } = group;
  return { ...others, [slip]: value ?? '' };
}

describe.each(charts)('the values of helm/%s', (chart) => {
  const schema = schemaOf(chart);
  const groups = groupsOf(schema);
  const validator = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

  it('fit their schema as they come', () => {
    expect(validator.safeParse(defaultsOf(chart)).error).toBeUndefined();
  });

  it('are all described, every group closed', () => {
    const silent = leavesOf(schema).filter(([, { description }]) => !description);
    expect(silent.map(([path]) => path)).toEqual([]);
    const open = groups.filter((path) => at(schema, path).additionalProperties !== false);
    expect(open.map((path) => path.join('.'))).toEqual([]);
  });

  it('are refused for a slip in any key of any group', () => {
    const keys = groups.flatMap((path) =>
      Object.keys(at(schema, path).properties ?? {}).map((key) => ({ path, key })),
    );
    const anySlip = fc.constantFrom(...keys).chain(({ path, key }) =>
      fc.nat(key.length - 1).chain((place) =>
        fc
          .constantFrom(...slips(key, place))
          .filter((slip) => slip !== '' && !at(schema, path).properties?.[slip])
          .map((slip) => ({ path, key, slip })),
      ),
    );
    const defaults = defaultsOf(chart);
    fc.assert(
      fc.property(anySlip, ({ path, key, slip }) => {
        const { success, error } = validator.safeParse(withSlip(defaults, path, key, slip));
        expect(success).toBe(false);
        expect(JSON.stringify(error?.issues)).toContain(JSON.stringify(slip).slice(1, -1));
      }),
      { numRuns: 300 },
    );
  });
});
