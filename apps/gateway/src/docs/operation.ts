import { kindStatus, problems, type Message, type ProblemCode } from '@courtside/contracts';
import type { FieldSource, InputPlan } from '../routes/input-plan.js';
import {
  resolved,
  schemasOf,
  type JsonSchema,
  type MessageSchemas,
} from '../routes/message-schemas.js';
import type { MessageTarget, Route } from '../routes/route.js';
import type { Components } from './components.js';
import { aboutOperation, deprecationHeaderDocs } from './deprecated-operation.js';
import { reshapedSchema } from './reshaped-schema.js';

/** Where the schemas of a message come from: its contract, or what the service says itself. */
export type SchemaSource = (message: Message) => MessageSchemas;

type Described = Record<string, unknown>;

/** Problems that any route can have, beside those of its message. */
const anyRoute: readonly ProblemCode[] = ['service.unavailable', 'service.late'];
const userRoute: readonly ProblemCode[] = ['auth.token-missing', 'auth.token-invalid'];
const bodyRoute: readonly ProblemCode[] = [
  'request.malformed',
  'request.too-large',
  'request.media-type',
];

/** The group of what the gateway answers itself. */
export const OWN_TAG = 'gateway';

/** The group that an operation is shown in: the service that answers it. */
export const tagOf = ({ target }: Route): string =>
  target.kind === 'message' ? target.message.service : OWN_TAG;

/** One operation of the OpenAPI document. */
export function operation(
  route: Route,
  components: Components,
  schemas: SchemaSource = schemasOf,
): Described {
  const { target } = route;
  return {
    operationId: `${route.method.toLowerCase()}${route.path.text.replace(/\W+/g, '_')}`,
    summary: route.summary || `What ${route.path.text} of the upstream answers`,
    ...aboutOperation(route),
    tags: [tagOf(route)],
    security: route.auth === 'user' ? [{ bearer: [] }, { xToken: [] }] : [],
    ...(target.kind === 'message'
      ? messageOperation(route, target, components, schemas(target.message))
      : { parameters: pathParameters(route), responses: plainResponses(route) }),
  };
}

function messageOperation(
  route: Route,
  target: MessageTarget,
  components: Components,
  { input, output }: MessageSchemas,
): Described {
  const { message, input: plan, response } = target;
  const schema = components.add(reshapedSchema(output, response));
  const content = { 'application/json': { schema } };
  return {
    parameters: [
      ...pathParameters(route, (name) => {
        const field = plan.fields.find(([, source]) => isPath(source, name))?.[0];
        return field === undefined ? undefined : fieldSchema(input, field, components);
      }),
      ...queryParameters(plan, input, components),
      ...headerParameters(route),
    ],
    ...(plan.takesBody && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: components.add(bodySchema(plan, input)) } },
      },
    }),
    responses: {
      [response.status]: {
        description: 'Done',
        ...headersOf(route, target),
        ...(response.status !== 204 && { content }),
      },
      ...problemResponses(problemsOf(route, message, plan)),
    },
    'x-message': message.name,
  };
}

const isPath = (source: FieldSource, name: string): boolean =>
  source.from === 'path' && source.name === name;

function pathParameters(
  route: Route,
  schemaOf: (name: string) => JsonSchema | undefined = () => undefined,
): Described[] {
  return route.path.params.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: schemaOf(name) ?? { type: 'string' },
  }));
}

function queryParameters(plan: InputPlan, input: JsonSchema, components: Components): Described[] {
  const required = new Set(resolved(input, input).required);
  return [...plan.query.keys()].map((name) => {
    const field =
      plan.fields.find(([, source]) => source.from === 'query' && source.name === name)?.[0] ??
      name;
    return queryParameter(name, required.has(field), fieldSchema(input, field, components) ?? {});
  });
}

/** What a parameter is for is said on the parameter, where viewers and generators look for it. */
function queryParameter(
  name: string,
  required: boolean,
  { description, ...schema }: JsonSchema,
): Described {
  return { name, in: 'query', required, ...(description && { description }), schema };
}

function fieldSchema(
  input: JsonSchema,
  field: string,
  components: Components,
): JsonSchema | undefined {
  const schema = resolved(input, input).properties?.[field];
  if (!schema) return undefined;
  return components.add({ ...schema, ...(input.$defs && { $defs: input.$defs }) });
}

function headerParameters({ method, idempotency, precondition }: Route): Described[] {
  const header = (name: string, isRequired: boolean, description: string) => ({
    name,
    in: 'header',
    required: isRequired,
    description,
    schema: { type: 'string' },
  });
  if (method === 'GET') return [];
  return [
    ...(idempotency
      ? [
          header(
            'Idempotency-Key',
            idempotency === 'required',
            'Repeating the request with the same key does nothing twice',
          ),
        ]
      : []),
    ...(precondition
      ? [header('If-Match', precondition === 'required', 'The `ETag` that was read')]
      : []),
  ];
}

/** The body: the whole input, the input without what comes from elsewhere, or single fields of it. */
function bodySchema(plan: InputPlan, input: JsonSchema): JsonSchema {
  if (plan.spread === 'body' && plan.fields.length === 0) return input;
  const whole = resolved(input, input);
  const renamed = plan.fields.flatMap(([field, source]) =>
    source.from === 'body' ? [[source.name, field] as const] : [],
  );
  const elsewhere = new Set(plan.fields.map(([field]) => field));
  const own = plan.spread === 'body' ? Object.keys(whole.properties ?? {}) : [];
  const names = [
    ...own.filter((name) => !elsewhere.has(name)).map((name) => [name, name] as const),
    ...renamed,
  ];
  const properties = Object.fromEntries(
    names.map(([name, field]) => [name, whole.properties?.[field] ?? {}]),
  );
  const required = names.filter(([, field]) => whole.required?.includes(field));
  return {
    type: 'object',
    properties,
    required: required.map(([name]) => name),
    additionalProperties: false,
    ...(input.$defs && { $defs: input.$defs }),
  };
}

function headersOf(
  { deprecation }: Route,
  { response: { location, etag } }: MessageTarget,
): Described {
  const text = { schema: { type: 'string' } };
  const headers = {
    ...(location && { Location: text }),
    ...(etag && { ETag: text }),
    ...deprecationHeaderDocs(deprecation),
  };
  return Object.keys(headers).length > 0 ? { headers } : {};
}

function problemsOf(route: Route, message: Message, plan: InputPlan): ProblemCode[] {
  return [
    'request.invalid',
    ...(plan.takesBody ? bodyRoute : []),
    ...edgeProblems(route),
    ...(message.access.by === 'permission' ? (['access.denied'] as const) : []),
    ...message.problems,
    ...anyRoute,
  ];
}

function plainResponses(route: Route): Described {
  return {
    200: { description: 'Done' },
    ...problemResponses(edgeProblems(route)),
  };
}

/** What the gateway refuses before anything is asked. */
const edgeProblems = ({ auth, deprecation }: Route): ProblemCode[] => [
  ...(auth === 'user' ? userRoute : []),
  ...(deprecation?.gone ? (['request.version-gone'] as const) : []),
];

/** Problems by status: each says which codes it can carry. */
function problemResponses(codes: readonly ProblemCode[]): Described {
  const byStatus = new Map<number, Set<ProblemCode>>();
  for (const code of codes) {
    const status = kindStatus[problems[code].kind];
    byStatus.set(status, (byStatus.get(status) ?? new Set()).add(code));
  }
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: [...group].map((code) => `\`${code}\`: ${problems[code].title}`).join('. '),
        content: {
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        },
      },
    ]),
  );
}
