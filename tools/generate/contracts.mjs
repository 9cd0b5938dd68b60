/**
 * Everything that callers, subscribers and clients rely on, in one file: what a release is compared
 * with. Only what can break somebody: no summaries, no examples.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from './built.mjs';

const ROUTES = 'apps/gateway/routes';
/** Whatever these say, nobody is refused for it. */
const annotations = new Set(['description', 'title', 'examples', 'default', '$schema', 'id']);
/** Their keys are names of fields or schemas, not keywords. */
const named = new Set(['properties', '$defs', 'schemas']);

/** A schema without what only people read. */
function bare(value) {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !annotations.has(key))
      .map(([key, child]) => [key, named.has(key) ? mapped(child, bare) : bare(child)]),
  );
}

const mapped = (object, change) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));

const sorted = (object) =>
  Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));

async function busState() {
  const { messages, events } = await built('libs/contracts');
  const { Components } = await built('apps/gateway', 'docs/components');
  const components = new Components();
  const schema = (type, io) => components.add(bare(type.toJSONSchema({ io })));
  const ofMessage = ({ effect, access, guards, deprecated, input, output }) => ({
    effect,
    access,
    guards,
    deprecated,
    input: schema(input, 'input'),
    output: schema(output, 'output'),
  });
  const ofEvent = ({ version, deprecated, data }) => ({
    version,
    deprecated,
    data: schema(data, 'output'),
  });
  return {
    messages: sorted(mapped(Object.fromEntries(messages), ofMessage)),
    events: sorted(mapped(Object.fromEntries(events), ofEvent)),
    components: { schemas: sorted(components.schemas) },
  };
}

/** One operation of the OpenAPI document, by what a request and its answer consist of. */
function operationState(operation) {
  const { parameters = [], requestBody, responses, security } = operation;
  const given = (each) => ({ required: each.required ?? false, schema: bare(each.schema) });
  const body = requestBody && {
    required: requestBody.required,
    schema: bare(requestBody.content['application/json'].schema),
  };
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return {
    auth: security.length > 0 ? 'user' : 'none',
    deprecation: operation['x-deprecation'],
    parameters: Object.fromEntries(
      parameters.map((each) => [`${each.in} ${each.name}`, given(each)]),
    ),
    body,
    answers: Object.fromEntries(
      answers.map(([status, { headers = {}, content = {} }]) => [
        status,
        { headers: Object.keys(headers), schema: bare(content['application/json']?.schema ?? {}) },
      ]),
    ),
  };
}

async function httpState() {
  const { routesOfFiles } = await built('apps/gateway', 'check-routes');
  const { platformApi } = await built('apps/gateway', 'docs/platform-api');
  const files = readdirSync(ROUTES).filter((name) => name.endsWith('.yaml'));
  const { routes } = routesOfFiles(files.map((name) => join(ROUTES, name)));
  const { paths, components } = platformApi(routes);
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `${method.toUpperCase()} ${path}`,
      operationState(operation),
    ]),
  );
  return {
    operations: sorted(Object.fromEntries(operations)),
    components: { schemas: sorted(mapped(components.schemas, bare)) },
  };
}

export async function files() {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const { rolePermissions } = await built('libs/contracts');
  const state = { version, roles: rolePermissions, bus: await busState(), http: await httpState() };
  return [{ path: 'docs/generated/contracts.json', text: JSON.stringify(state), parser: 'json' }];
}
