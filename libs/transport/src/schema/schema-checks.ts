import { TransportError, type PayloadIssue } from '../errors.js';
import type {
  MessageSchemas,
  Schemas,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from './standard-schema.js';

export type { Schemas };

type Part = keyof MessageSchemas;

const parts: ReadonlySet<string> = new Set<Part>(['request', 'reply', 'event']);
/** More would help nobody who reads them. */
const issuesMax = 20;
const messageCharactersMax = 200;
const told = 3;

/** Holds payloads against the schemas of their patterns. */
export class SchemaChecks {
  readonly #schemas: ReadonlyMap<string, MessageSchemas>;

  /** @throws TypeError where something is no schema. */
  private constructor(schemas: Schemas) {
    for (const [pattern, own] of Object.entries(schemas)) {
      for (const [part, schema] of Object.entries(own)) mustBeSchema(pattern, part, schema);
    }
    this.#schemas = new Map(Object.entries(schemas));
  }

  /** `undefined` where there is nothing to check. */
  static of(schemas: Schemas | undefined): SchemaChecks | undefined {
    return schemas && Object.keys(schemas).length > 0 ? new SchemaChecks(schemas) : undefined;
  }

  has(part: Part, pattern: string): boolean {
    return this.#schemas.get(pattern)?.[part] !== undefined;
  }

  /**
   * The value as the schema makes it, which may be another; the same where there is no schema.
   * @throws TransportError `INVALID_PAYLOAD`, of a reply `INVALID_REPLY`
   */
  async check(part: Part, pattern: string, value: unknown): Promise<unknown> {
    const schema = this.#schemas.get(pattern)?.[part];
    if (!schema) return value;
    const result = await validated(schema, value);
    if (!result.issues) return result.value;
    throw invalid(part, pattern, result.issues);
  }

  /** The same of a payload's text, of which only the fault is of interest. */
  async checkText(part: Part, pattern: string, body: string): Promise<void> {
    if (this.has(part, pattern)) await this.check(part, pattern, JSON.parse(body));
  }
}

/** A schema that throws has not said that the value fits. */
async function validated(schema: StandardSchema, value: unknown): Promise<StandardResult> {
  try {
    return await schema['~standard'].validate(value);
  } catch (error) {
    return { issues: [{ message: `its schema failed: ${String(error)}` }] };
  }
}

function mustBeSchema(pattern: string, part: string, schema: StandardSchema | undefined): void {
  if (!parts.has(part)) {
    throw new TypeError(`the schemas of '${pattern}' are request, reply and event, not '${part}'`);
  }
  if (schema === undefined) return;
  const standard = (schema as Partial<StandardSchema>)['~standard'];
  if (standard?.version === 1 && typeof standard.validate === 'function') return;
  throw new TypeError(`the ${part} of '${pattern}' has no Standard Schema (standardschema.dev)`);
}

function invalid(part: Part, pattern: string, found: readonly StandardIssue[]): TransportError {
  const issues = found.slice(0, issuesMax).map(toIssue);
  const list = issues
    .slice(0, told)
    .map(({ path, message }) => `${path || '(all of it)'}: ${message}`)
    .join('; ');
  const code = part === 'reply' ? 'INVALID_REPLY' : 'INVALID_PAYLOAD';
  const more = found.length > told ? `; and ${found.length - told} more` : '';
  const message = `the ${part} '${pattern}' does not fit its schema: ${list}${more}`;
  return new TransportError(code, message, { issues });
}

function toIssue({ path = [], message }: StandardIssue): PayloadIssue {
  const steps = path.map((step) => `/${escapeStep(typeof step === 'object' ? step.key : step)}`);
  return { path: steps.join(''), message: message.slice(0, messageCharactersMax) };
}

/** As JSON Pointers (RFC 6901) have it. */
function escapeStep(step: PropertyKey): string {
  return String(step).replaceAll('~', '~0').replaceAll('/', '~1');
}
