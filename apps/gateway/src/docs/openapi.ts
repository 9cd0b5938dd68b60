import { kindStatus, problems } from '@courtside/contracts';
import type { JsonSchema } from '../routes/message-schemas.js';
import type { Route } from '../routes/route.js';
import { Components } from './components.js';
import { operation, OWN_TAG, tagOf, type SchemaSource } from './operation.js';

interface About {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /** Further members of the document; their names start with `x-`. */
  readonly extensions?: Readonly<Record<`x-${string}`, unknown>>;
}

/** What every error answer looks like (RFC 9457). */
const problemSchema: JsonSchema = {
  type: 'object',
  properties: {
    type: { type: 'string', description: 'where the problem is explained' },
    title: { type: 'string' },
    status: { type: 'integer', enum: [...new Set(Object.values(kindStatus))] },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(problems) },
    correlationId: { type: 'string', description: 'the same as in `x-request-id`' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'correlationId'],
};

/** The OpenAPI 3.1 document of these routes. */
export function openApi(routes: readonly Route[], about: About, schemas?: SchemaSource): object {
  const components = new Components();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.text.replace(/\*$/, '{*}');
    const operations = (paths[path] ??= {});
    operations[route.method.toLowerCase()] = operation(route, components, schemas);
  }
  const { extensions, ...info } = about;
  return {
    openapi: '3.1.0',
    info: { ...info, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: '/' }],
    tags: tagsOf(routes),
    paths,
    components: {
      schemas: { ...components.schemas, Problem: problemSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        xToken: { type: 'apiKey', in: 'header', name: 'X-Token' },
      },
    },
    ...extensions,
  };
}

/** Viewers show the operations in this order: what people come for, then the gateway's own. */
function tagsOf(routes: readonly Route[]): { name: string }[] {
  const names = new Set(routes.map(tagOf));
  const isOwn = (name: string) => name === OWN_TAG;
  return [...names].sort((one, other) => Number(isOwn(one)) - Number(isOwn(other))).map(named);
}

const named = (name: string): { name: string } => ({ name });
