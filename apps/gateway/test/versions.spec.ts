import { Validator } from '@seriousme/openapi-schema-validator';
import { anAdmin } from '@courtside/testing';
import { aGateway, tableOf, type TestGateway } from './a-gateway.js';
import { seen } from './fake-services.js';

const ID = '01938000-0000-7000-8000-000000000001';
const OTHER = '01938000-0000-7000-8000-000000000002';

const SOON = 'since: 2020-01-01, sunset: 2999-12-31';
const OVER = 'since: 2019-07-01, sunset: 2020-01-01';

/** The first version: what clients of old read, kept by reshaping what the service answers now. */
const first = tableOf(
  `
- get: /api/v1/users/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  response: { etag: version, drop: [displayName, permissions], rename: { username: name }, envelope: user }
- get: /api/v1/users
  auth: user
  to: { message: users.list, input: { limit: $query.size } }
  response: { rename: { items: users }, headers: { link: '</legal>; rel="license"' } }
- post: /api/v1/users
  auth: none
  idempotency: required
  to: { message: users.create, input: $body }
  response: { status: 201, location: '/api/v1/users/{id}' }
- get: /api/v1/time
  auth: user
  to: { message: time.read }
  deprecated: { ${SOON}, docs: 'https://courtside.example/no-time' }
`,
  `  deprecated: { ${SOON}, prefix: /api/v1, successor: /api/v2, docs: /docs }
  aliases: [{ prefix: /api, to: /api/v1 }]
`,
).replace('name: spec', 'name: v1');

const second = tableOf(`
- get: /api/v2/users/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  response: { etag: version }
- get: /api/v2/users
  auth: user
  to: { message: users.list, input: $query }
- post: /api/v2/users
  auth: none
  to: { message: users.create, input: $body }
  response: { status: 201, location: '/api/v2/users/{id}' }
`).replace('name: spec', 'name: v2');

const ended = tableOf(`
- get: /ended/served/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  deprecated: { ${OVER}, successor: '/api/v2/users/{id}' }
- get: /ended/gone/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  deprecated: { ${OVER}, successor: '/api/v2/users/{id}', gone: true }
- get: /ended/later/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  deprecated: { ${SOON}, successor: '/api/v2/users/{id}', gone: true }
`).replace('name: spec', 'name: ended');

const saysOf = ({ headers }: { headers: Headers }) => ({
  deprecation: headers.get('deprecation'),
  sunset: headers.get('sunset'),
  link: headers.get('link'),
});
const silent = { deprecation: null, sunset: null, link: null };
const says = (successor: string, before = '') => ({
  deprecation: '@1577836800',
  sunset: 'Tue, 31 Dec 2999 00:00:00 GMT',
  link:
    `${before}<${successor}>; rel="successor-version", ` +
    '</docs>; rel="deprecation", </docs>; rel="sunset"',
});

describe('two versions of an operation', () => {
  let gateway: TestGateway;
  let token: string;
  beforeAll(async () => {
    const routes = { 'v1.yaml': first, 'v2.yaml': second, 'ended.yaml': ended };
    gateway = await aGateway({ routes });
    token = gateway.signIn(anAdmin());
  });
  afterAll(() => gateway.close());

  it('[4.26] are live at once and answer from one service, each in its own shape', async () => {
    const old = await gateway.call(`GET /api/v1/users/${ID}`, { token });
    const now = await gateway.call(`GET /api/v2/users/${ID}`, { token });
    expect([old.status, now.status]).toEqual([200, 200]);
    expect(now.body).toMatchObject({ id: ID, username: 'ada', displayName: null, permissions: [] });
    expect(Object.keys(old.body)).toEqual(['user']);
    const user = old.body['user'] as Record<string, unknown>;
    expect(user).toMatchObject({ id: ID, name: 'ada' });
    for (const field of ['username', 'displayName', 'permissions']) {
      expect(Object.keys(user)).not.toContain(field);
    }
    expect(old.headers.get('etag')).toBe(now.headers.get('etag'));
  });

  it('[4.26] take their own parameters and refuse those of the other', async () => {
    const list = (path: string) => gateway.call(`GET ${path}`, { token });
    expect((await list('/api/v1/users?size=7')).body).toMatchObject({ users: [{}, {}] });
    expect(seen.input).toMatchObject({ limit: 7 });
    expect((await list('/api/v2/users?limit=8')).body).toMatchObject({ items: [{}, {}] });
    expect(seen.input).toMatchObject({ limit: 8 });
    expect((await list('/api/v1/users?limit=7')).status).toBe(400);
    expect((await list('/api/v2/users?size=7')).status).toBe(400);
    const body = { username: 'ada', password: 'long enough' };
    const headers = { 'idempotency-key': 'k' };
    const made = await gateway.call('POST /api/v1/users', { body, headers });
    expect(made.headers.get('location')).toMatch(/^\/api\/v1\/users\//);
    const madeNow = await gateway.call('POST /api/v2/users', { body });
    expect(madeNow.headers.get('location')).toMatch(/^\/api\/v2\/users\//);
  });

  it('[4.26] say of the old one since when, until when and what comes next, of the new one nothing', async () => {
    const old = await gateway.call(`GET /api/v1/users/${ID}`, { token });
    expect(saysOf(old)).toEqual(says(`/api/v2/users/${ID}`));
    const now = await gateway.call(`GET /api/v2/users/${ID}`, { token });
    expect(saysOf(now)).toEqual(silent);
    expect((await gateway.call(`GET ${successorIn(old)}`, { token })).body).toEqual(now.body);
  });

  it('[4.26] say so in every answer: created, unchanged, head, refused and unknown', async () => {
    const of = async (call: string, given: object = { token }) => {
      const answer = await gateway.call(call, given);
      return [answer.status, saysOf(answer)];
    };
    const one = says(`/api/v2/users/${OTHER}`);
    const path = `/api/v1/users/${OTHER}`;
    expect(await of(`GET ${path}`, {})).toEqual([401, one]);
    expect(await of(`GET ${path}?x=1`)).toEqual([400, one]);
    expect(await of(`HEAD ${path}`)).toEqual([200, one]);
    const headers = { 'if-none-match': '"7"' };
    expect(await of(`GET ${path}`, { token, headers })).toEqual([304, one]);
    const all = says('/api/v2/users');
    expect(await of('POST /api/v1/users', { body: {} })).toEqual([428, all]);
    expect(await of('GET /api/v1/users/')).toEqual([404, silent]);
  });

  it('[4.26] keep a link that the route sends by itself', async () => {
    const answer = await gateway.call('GET /api/v1/users', { token });
    expect(saysOf(answer)).toEqual(says('/api/v2/users', '</legal>; rel="license", '));
  });

  it('[4.26] stand under the path without a version as the first one does', async () => {
    const answer = await gateway.call(`GET /api/users/${ID}`, { token });
    expect(answer.body).toHaveProperty('user');
    expect(saysOf(answer)).toEqual(says(`/api/v2/users/${ID}`));
  });

  it('[4.26] may have no successor, and then say where to read on', async () => {
    const { link } = saysOf(await gateway.call('GET /api/v1/time', { token }));
    const docs = '<https://courtside.example/no-time>';
    expect(link).toBe(`${docs}; rel="deprecation", ${docs}; rel="sunset"`);
  });
});

describe('the sunset of a version', () => {
  let gateway: TestGateway;
  let token: string;
  beforeAll(async () => {
    gateway = await aGateway({ routes: { 'v2.yaml': second, 'ended.yaml': ended } });
    token = gateway.signIn(anAdmin());
  });
  afterAll(() => gateway.close());
  const announced = {
    deprecation: '@1561939200',
    sunset: 'Wed, 01 Jan 2020 00:00:00 GMT',
    link: `</api/v2/users/${ID}>; rel="successor-version"`,
  };

  it('[4.26] breaks nothing by itself: it is served until its route is removed', async () => {
    const answer = await gateway.call(`GET /ended/served/${ID}`, { token });
    expect([answer.status, answer.body['id'], saysOf(answer)]).toEqual([200, ID, announced]);
  });

  it('[4.26] ends a route that says gone: 410 with the successor, whoever asks', async () => {
    for (const given of [{ token }, {}]) {
      const answer = await gateway.call(`GET /ended/gone/${ID}`, given);
      expect([answer.status, answer.body['code']]).toEqual([410, 'request.version-gone']);
      expect(answer.body['detail']).toBe(`it ended on 2020-01-01: see /api/v2/users/${ID}`);
      expect(saysOf(answer)).toEqual(announced);
    }
  });

  it('[4.26] does not end it before', async () => {
    const answer = await gateway.call(`GET /ended/later/${ID}`, { token });
    expect([answer.status, answer.body['id']]).toEqual([200, ID]);
    expect((await gateway.call(`GET /ended/later/${ID}`)).status).toBe(401);
  });

  it('[4.26] stands in the OpenAPI document, which marks the operation as deprecated', async () => {
    const { body } = await gateway.call('GET /schema');
    const { valid, errors } = await new Validator().validate(structuredClone(body));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    const paths = body['paths'] as Record<string, Record<string, Record<string, unknown>>>;
    const gone = paths['/ended/gone/{id}']?.['get'];
    expect(gone).toMatchObject({
      deprecated: true,
      description:
        'Deprecated since 2019-07-01. Answers 410 from 2020-01-01 on: use `/api/v2/users/{id}`.',
      'x-deprecation': {
        since: '2019-07-01',
        sunset: '2020-01-01',
        successor: '/api/v2/users/{id}',
        gone: true,
      },
      responses: {
        200: { headers: { Deprecation: {}, Sunset: {}, Link: {} } },
        410: { description: expect.stringContaining('request.version-gone') },
      },
    });
    expect(paths['/api/v2/users/{id}']?.['get']).not.toHaveProperty('deprecated');
    expect(paths['/ended/served/{id}']?.['get']?.['responses']).not.toHaveProperty('410');
  });
});

const successorIn = ({ headers }: { headers: Headers }): string =>
  /<([^>]+)>; rel="successor-version"/.exec(headers.get('link') ?? '')?.[1] ?? '';
