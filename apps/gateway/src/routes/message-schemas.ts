import type { Message } from '@courtside/contracts';
import type { z } from 'zod';

/** As much of JSON Schema as the gateway looks at. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  /** The same in draft 07. */
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly description?: string;
  readonly default?: unknown;
  readonly [keyword: string]: unknown;
}

/** The schemas of one message as documents and coercion need them. */
export interface MessageSchemas {
  readonly input: JsonSchema;
  readonly output: JsonSchema;
}

const kept = new WeakMap<Message, MessageSchemas>();

/** Made once for each message: reloading a table costs no schema. */
export function schemasOf(message: Message): MessageSchemas {
  const known = kept.get(message);
  if (known) return known;
  const schemas = {
    input: jsonSchema(message.input, 'input'),
    output: jsonSchema(message.output, 'output'),
  };
  kept.set(message, schemas);
  return schemas;
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema =>
  schema.toJSONSchema({ io }) as JsonSchema;

/** The name behind a reference to a definition of the same schema. */
export const definitionName = (reference: string): string =>
  reference.replace(/^#\/(\$defs|definitions)\//, '');

/** What a schema says once its reference is followed. */
export function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  let found = schema;
  for (let depth = 0; found.$ref !== undefined && depth < 10; depth += 1) {
    const name = definitionName(found.$ref);
    found = (root.$defs ?? root.definitions)?.[name] ?? {};
  }
  return found;
}

/** Whether `a.b` is there in an answer; lists are looked through. */
export function hasField(root: JsonSchema, path: string): boolean {
  let schema: JsonSchema | undefined = resolved(root, root);
  for (const name of path.split('.')) {
    while (schema?.items) schema = resolved(schema.items, root);
    const next: JsonSchema | undefined = schema?.properties?.[name];
    if (!next) return false;
    schema = resolved(next, root);
  }
  return true;
}

/** The simple types a value may have, also where a schema lists alternatives. */
export function typesOf(schema: JsonSchema, root: JsonSchema): readonly string[] {
  const found = resolved(schema, root);
  if (found.anyOf) return found.anyOf.flatMap((option) => typesOf(option, root));
  return typeof found.type === 'string' ? [found.type] : (found.type ?? []);
}
