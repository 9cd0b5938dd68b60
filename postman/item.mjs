/** Folders and requests of a Postman collection (v2.1), written as they read. */

/**
 * A script of Postman out of a function whose body alone is kept, so that it is linted and formatted as
 * code. It sees `pm`, and what it is given under the name of its parameter.
 * @returns {string[]} its lines
 */
export function script(work, given) {
  const text = String(work);
  const body = text.slice(text.indexOf('{') + 1, text.lastIndexOf('}')).replace(/^\n+|\s+$/g, '');
  const lines = body.split('\n');
  const indent = Math.min(...lines.filter(Boolean).map((line) => line.search(/\S/)));
  const own = lines.map((line) => line.slice(indent));
  if (given === undefined) return own;
  const [, name] = /^\(?(\w+)/.exec(text);
  return [
    '{',
    `  const ${name} = ${JSON.stringify(given)};`,
    ...own.map((line) => `  ${line}`),
    '}',
  ];
}

const events = (before, after) =>
  [
    ['prerequest', before],
    ['test', after],
  ].flatMap(([listen, exec]) =>
    exec ? [{ listen, script: { type: 'text/javascript', exec: exec.flat() } }] : [],
  );

/** Who asks: the name of the variable with a token, or nobody. */
const authOf = (as) =>
  as
    ? { type: 'bearer', bearer: [{ key: 'token', value: `{{${as}}}`, type: 'string' }] }
    : { type: 'noauth' };

/** `/api/users/:id?limit=1`; what a `:name` stands for is given. */
function urlOf(path, params) {
  const [names, search = ''] = path.split('?');
  const query = [...search.split('&').filter(Boolean)].map((pair) => {
    const [key, value = ''] = pair.split('=');
    return { key, value };
  });
  const variable = Object.entries(params).map(([key, value]) => ({ key, value }));
  return {
    raw: `{{baseUrl}}${path}`,
    host: ['{{baseUrl}}'],
    path: names.slice(1).split('/'),
    ...(query.length > 0 && { query }),
    ...(variable.length > 0 && { variable }),
  };
}

/**
 * One request.
 * @param name what somebody does with it
 * @param {object} options `ask`: `POST /api/users`; `as`: the variable with the token; `before` and
 *   `after`: scripts
 */
export function request(name, { ask, as, params = {}, body, headers = {}, about, before, after }) {
  const [method, path] = ask.split(' ');
  const header = Object.entries(headers).map(([key, value]) => ({ key, value }));
  const json = {
    mode: 'raw',
    // A text is JSON already, with a variable in it that is no text.
    raw: typeof body === 'string' ? body : JSON.stringify(body, undefined, 2),
    options: { raw: { language: 'json' } },
  };
  return {
    name,
    event: events(before, after),
    request: {
      method,
      ...(about && { description: about }),
      header: body === undefined ? header : [CONTENT_TYPE, ...header],
      auth: authOf(as),
      url: urlOf(path, params),
      ...(body !== undefined && { body: json }),
    },
  };
}

const CONTENT_TYPE = { key: 'Content-Type', value: 'application/json' };

export const folder = (name, description, item, before) => ({
  name,
  description,
  item,
  event: events(before),
});

/** Passes when the answer has this status. */
export const answers = (status) =>
  script(
    (expected) => {
      pm.test(`answers ${expected.status}`, () => pm.response.to.have.status(expected.status));
    },
    { status },
  );

/** Passes when the platform refuses with this status, says why as problem+json, and which request it was. */
export const refuses = (status, code) =>
  script(
    (expected) => {
      pm.test(`refuses with ${expected.status} ${expected.code}`, () => {
        pm.response.to.have.status(expected.status);
        pm.expect(pm.response.headers.get('content-type')).to.match(/^application\/problem\+json/);
        const problem = pm.response.json();
        pm.expect(problem).to.include({ status: expected.status, code: expected.code });
        pm.expect(problem.correlationId).to.equal(pm.response.headers.get('x-request-id'));
      });
    },
    { status, code },
  );

/** Keeps a field of the answer for later requests. */
export const keeps = (variable, field) =>
  script(
    (kept) => {
      pm.environment.set(kept.variable, pm.response.json()[kept.field]);
    },
    { variable, field },
  );

/** Forgets what was kept, for the next run. */
export const forgets = (names) =>
  script((kept) => {
    for (const name of kept) pm.environment.unset(name);
  }, names);

/** Passes over this request where one of these is not there. */
export const unlessMissing = (...variables) =>
  script((needed) => {
    if (needed.some((name) => !pm.environment.get(name))) pm.execution.skipRequest();
  }, variables);

/**
 * Asks again until an answer is as wanted, and judges the last one.
 * @param {object} options `isDone` and `judge`: functions that Postman runs, each with what is given;
 *   `triesMax`, and `everyMs` between two of them
 */
export const asksAgain = ({ isDone, judge, given = {}, triesMax, everyMs }) => [
  '{',
  `  const isDone = ${isDone};`,
  `  const judge = ${judge};`,
  `  const given = ${JSON.stringify(given)};`,
  `  const tries = Number(pm.environment.get('tries') ?? 0) + 1;`,
  `  if (!isDone(given) && tries < ${triesMax}) {`,
  `    pm.environment.set('tries', tries);`,
  `    setTimeout(() => pm.execution.setNextRequest(pm.info.requestName), ${everyMs});`,
  '  } else {',
  `    pm.environment.unset('tries');`,
  '    judge(given);',
  '  }',
  '}',
];

/** Passes over this request where this is there already. */
export const unlessKept = (variable) =>
  script((known) => {
    if (pm.environment.get(known)) pm.execution.skipRequest();
  }, variable);

/** Signs in and keeps the access token. */
export const signIn = (name, { username, password, token, before }) =>
  request(name, {
    ask: 'POST /api/login',
    body: { username: `{{${username}}}`, password: `{{${password}}}` },
    before,
    after: [
      answers(200),
      script(() => {
        pm.test('answers an access token and its type, and nothing else', () => {
          pm.expect(pm.response.text()).to.match(
            /^\{"access_token":"[^"]+","token_type":"bearer"\}$/,
          );
        });
      }),
      keeps(token, 'access_token'),
    ],
  });
