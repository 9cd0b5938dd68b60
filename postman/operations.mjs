/** One request for each operation of the OpenAPI document, which has to answer as the document says. */
import { given, givenAt, params as examples } from './given.mjs';
import { folder, request, script } from './item.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/** What is made comes first, then what reads and changes it, then what ends it. */
function rankOf({ method, path, responses, hint }) {
  if (hint.isLast) return 4;
  // A part ends before that whose part it is.
  if (method === 'DELETE') return 3 + 1 / path.length;
  if (method === 'GET') return 1;
  return responses['201'] ? 0 : 2;
}

function* operationsOf({ paths }) {
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of METHODS) {
      if (!methods[method]) continue;
      const operation = { ...methods[method], method: method.toUpperCase(), path };
      const at = givenAt[`${operation.method} ${path}`];
      yield { ...operation, hint: { ...given[operation['x-message']], ...at } };
    }
  }
}

/** `/api/v1/users/{id}` belongs to `users`, as does what makes one: `POST /api/v1/users`. */
const kindAt = (path) => /\/([a-z]+)(\/\{id\}.*)?$/.exec(path)?.[1];

function paramsOf({ path, parameters = [], hint }) {
  const found = parameters.filter((parameter) => parameter.in === 'path');
  return Object.fromEntries(
    found.map(({ name, schema }) => {
      const known = { id: `{{${kindAt(path)}.id}}`, ...examples, ...hint.params };
      const example = known[name] ?? schema.examples?.[0] ?? schema.enum?.[0];
      if (example !== undefined) return [name, example];
      throw new Error(`postman/given.mjs has no example of {${name}} of ${path}`);
    }),
  );
}

/** Passes when status, headers and body are those of the document. */
const asDescribed = (status, { headers = {}, content }) =>
  script(
    (described) => {
      pm.test(`answers ${described.status}, as described`, () => {
        pm.response.to.have.status(described.status);
        for (const name of described.headers) pm.response.to.have.header(name);
        if (described.type) {
          pm.expect(pm.response.headers.get('content-type')).to.include(described.type);
          const components = JSON.parse(pm.collectionVariables.get('components'));
          const schema = { allOf: [described.schema], components };
          pm.response.to.have.jsonSchema(schema, { unknownFormats: 'ignore' });
        }
      });
    },
    {
      status: Number(status),
      headers: Object.keys(headers),
      ...(content && { type: Object.keys(content)[0], schema: Object.values(content)[0].schema }),
    },
  );

/** What was made is what later requests name by its id. */
const keepsId = (kind) =>
  script(
    (made) => {
      if (pm.response.code === 201) pm.environment.set(`${made.kind}.id`, pm.response.json().id);
    },
    { kind },
  );

const headersOf = ({ parameters = [] }) =>
  parameters.some(({ name }) => name === 'Idempotency-Key')
    ? { 'Idempotency-Key': '{{$guid}}' }
    : {};

const bodyOf = ({ requestBody, hint }, exampleOf) =>
  requestBody && (hint.body ?? exampleOf(requestBody.content['application/json'].schema));

function itemOf(operation, { tokenFor, exampleOf }) {
  const { method, path, summary, description, responses, hint } = operation;
  const [status, response] = Object.entries(responses).find(([code]) => /^[23]/.test(code));
  const token = operation.security.length > 0 ? tokenFor(operation['x-message']) : undefined;
  const makes = status === '201' && response.headers?.Location;
  return request(`${method} ${path}`, {
    ask: `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
    as: hint.as ?? token,
    params: paramsOf(operation),
    headers: headersOf(operation),
    body: bodyOf(operation, exampleOf),
    about: [summary, description].filter(Boolean).join('\n\n'),
    after: [
      asDescribed(status, response),
      ...(makes ? [keepsId(kindAt(path))] : []),
      ...(hint.after ?? []),
    ],
  });
}

/** The paths of a version, and those that stand for them, each whole: both make, use and delete. */
const rootOf = (path) => /^\/(api\/v\d+|api|prod)\//.exec(path)?.[0] ?? '/';

const groupBy = (list, keyOf) => {
  const groups = new Map();
  for (const each of list) groups.set(keyOf(each), [...(groups.get(keyOf(each)) ?? []), each]);
  return [...groups];
};

/**
 * @param document the OpenAPI document
 * @param {object} about `tokenFor`: which variable holds the token of somebody who may send a message;
 *   `exampleOf`: a value that a schema of the document describes
 */
export function operations(document, about) {
  const byTag = groupBy([...operationsOf(document)], ({ tags: [tag] }) => tag);
  const order = document.tags.map(({ name }) => name);
  return byTag
    .toSorted(([one], [other]) => order.indexOf(one) - order.indexOf(other))
    .map(([tag, all]) => {
      const ordered = groupBy(all, ({ path }) => rootOf(path)).flatMap(([, group]) =>
        group.toSorted((one, other) => rankOf(one) - rankOf(other)),
      );
      return folder(
        tag,
        `What ${tag} answers.`,
        ordered.map((each) => itemOf(each, about)),
      );
    });
}
