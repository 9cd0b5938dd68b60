import { resolved, type JsonSchema } from '../routes/message-schemas.js';
import type { ResponsePlan } from '../routes/response-plan.js';

type Properties = Record<string, JsonSchema>;

/** What an answer looks like once fields were dropped, renamed or put into an envelope. */
export function reshapedSchema(root: JsonSchema, plan: ResponsePlan): JsonSchema {
  if (!plan.reshape) return root;
  let schema: JsonSchema = root;
  for (const path of plan.drop) schema = edited(schema, root, path.split('.'), undefined);
  for (const [path, name] of Object.entries(plan.rename)) {
    schema = edited(schema, root, path.split('.'), name);
  }
  const { $defs, $schema: _same, ...content } = schema;
  const body =
    plan.envelope === undefined
      ? content
      : { type: 'object', properties: { [plan.envelope]: content }, required: [plan.envelope] };
  const definitions = $defs ?? root.$defs;
  return definitions ? { ...body, $defs: definitions } : body;
}

/** A copy without the field at this path, or with it under another name. */
function edited(
  given: JsonSchema,
  root: JsonSchema,
  [name = '', ...deeper]: readonly string[],
  renamed: string | undefined,
): JsonSchema {
  const schema = resolved(given, root);
  if (schema.items) {
    return { ...schema, items: edited(schema.items, root, [name, ...deeper], renamed) };
  }
  const properties: Properties = {};
  for (const [key, value] of Object.entries(schema.properties ?? {})) {
    if (key !== name) properties[key] = value;
    else if (deeper.length > 0) properties[key] = edited(value, root, deeper, renamed);
    else if (renamed !== undefined) properties[renamed] = value;
  }
  const required = (schema.required ?? []).flatMap((key) => {
    if (key !== name || deeper.length > 0) return [key];
    return renamed === undefined ? [] : [renamed];
  });
  return { ...schema, properties, required };
}
