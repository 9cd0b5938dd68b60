import { definitionName, type JsonSchema } from '../routes/message-schemas.js';

/** Collects the named schemas of a document and points references at them. */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {};
  private readonly texts = new Map<string, string>();

  /** The schema as it stands in the document; what it defines is moved to the components. */
  add(root: JsonSchema): JsonSchema {
    const definitions = Object.entries(root.$defs ?? root.definitions ?? {});
    const names = new Map(
      definitions.map(([name, schema]) => [name, this.nameFor(name, JSON.stringify(schema))]),
    );
    for (const [name, schema] of definitions) {
      const own = names.get(name) ?? name;
      this.schemas[own] ??= pointed(schema, names);
    }
    const { $defs: _moved, definitions: _also, $schema: _same, ...rest } = root;
    return pointed(rest, names);
  }

  /** The same name for the same text; a schema that reads otherwise than it is written gets its own. */
  private nameFor(name: string, text: string): string {
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${name}${number}`;
      const known = this.texts.get(candidate);
      if (known === undefined) this.texts.set(candidate, text);
      if (known === undefined || known === text) return candidate;
    }
  }
}

function pointed<T>(value: T, names: ReadonlyMap<string, string>): T {
  if (Array.isArray(value)) return value.map((item: unknown) => pointed(item, names)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === '$ref' && typeof child === 'string' ? target(child, names) : pointed(child, names),
    ]),
  ) as T;
}

function target(reference: string, names: ReadonlyMap<string, string>): string {
  const name = definitionName(reference);
  return `#/components/schemas/${names.get(name) ?? name}`;
}
