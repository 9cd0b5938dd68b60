import { anAdmin, aUser, eventually } from '@courtside/testing';
import { Controller, Module } from '@nestjs/common';
import { AppModule } from '../src/app.module.js';
import { app } from '../src/app.js';
import { jsonAnswer, type Answer } from '../src/http/answer.js';
import type { Exchange } from '../src/http/exchange.js';
import { Route } from '../src/routes/route.decorator.js';
import { aGateway, tableOf, type TestGateway } from './a-gateway.js';
import { seen } from './fake-services.js';

const ID = '01938000-0000-7000-8000-000000000001';

@Controller()
class GreetingController {
  @Route({
    method: 'GET',
    path: '/greetings/{name}',
    auth: 'user',
    roles: ['admin'],
    summary: 'Greets',
  })
  greet(exchange: Exchange): Answer {
    const { name } = exchange.matched.params;
    return jsonAnswer(200, { hello: name, by: exchange.user?.userId });
  }
}

@Module({ imports: [AppModule], controllers: [GreetingController] })
class GreetingModule {}
const greetingApp = { ...app, module: () => GreetingModule };

describe('routes', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const routes = tableOf(`
- get: /users
  auth: user
  to: { message: users.list, input: { '...': $query, limit: $query.size } }
  response: { drop: [items.email], rename: { items.displayName: name, next: after }, envelope: page, headers: { x-table: spec } }
- get: /users/me
  auth: user
  to: { message: users.read, input: { id: $claims.sub } }
- get: /users/{id}
  auth: user
  to: { message: users.read, input: { id: $path.id } }
  response: { etag: version, drop: [email] }
- patch: /users/{id}
  auth: user
  precondition: required
  to: { message: users.update, input: { '...': $body, id: $path.id } }
- post: /users
  auth: none
  idempotency: required
  maxBody: 200B
  to: { message: users.create, input: $body }
  response: { status: 201, location: '/users/{id}', etag: version }
- get: /users/{id}/deep
  auth: user
  to: { message: users.read, input: { id: $path.id } }
`);
    gateway = await aGateway({ routes: { 'public.yaml': routes }, app: greetingApp });
  });
  afterAll(() => gateway.close());

  it('[4.18] match by path, parts and method; the more specific one wins', async () => {
    const user = anAdmin();
    const token = gateway.signIn(user);
    const idOf = async (path: string) => (await gateway.call(`GET ${path}`, { token })).body['id'];
    expect(await idOf('/users/me')).toBe(user.userId);
    expect(await idOf(`/users/${ID}`)).toBe(ID);
    expect(await idOf(`/users/${ID}/deep`)).toBe(ID);
    for (const path of ['/users/', `/users/${ID}/`, `//users/${ID}`, '/USERS/me', '/users/me/x']) {
      expect([path, (await gateway.call(`GET ${path}`, { token })).status]).toEqual([path, 404]);
    }
  });

  it('[4.18] answer 405 with Allow for other methods, HEAD as GET, and OPTIONS', async () => {
    const token = gateway.signIn(anAdmin());
    const wrong = await gateway.call(`POST /users/${ID}`, { token, body: {} });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, PATCH, HEAD']);
    const head = await gateway.call(`HEAD /users/${ID}`, { token });
    expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', '"7"']);
    const options = await gateway.call('OPTIONS /users');
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, HEAD']);
    expect((await gateway.call('OPTIONS /nowhere')).status).toBe(404);
  });

  it('[4.17] drop and rename fields, put an envelope around them and set headers', async () => {
    const answer = await gateway.call('GET /users', { token: gateway.signIn(anAdmin()) });
    expect(answer.headers.get('x-table')).toBe('spec');
    const { page } = answer.body as { page: { items: Record<string, unknown>[]; after: null } };
    expect(Object.keys(page)).toEqual(['items', 'after']);
    for (const item of page.items) {
      expect(item).toMatchObject({ name: null, username: 'ada' });
      expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['email']));
      expect(Object.keys(item)).not.toContain('displayName');
    }
  });

  it('[4.17] tell where a new thing is and which version it has', async () => {
    const body = { username: 'ada', password: 'long enough' };
    const headers = { 'idempotency-key': 'k-1' };
    const answer = await gateway.call('POST /users', { body, headers });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/users/${String(answer.body['id'])}`);
    expect(answer.headers.get('etag')).toBe('"7"');
    expect(seen.metadata['idempotency-key']).toBe('k-1');
  });

  it('answer 304 when the client has the version already', async () => {
    const token = gateway.signIn(anAdmin());
    const headers = { 'if-none-match': '"7"' };
    const answer = await gateway.call(`GET /users/${ID}`, { token, headers });
    expect([answer.status, answer.text]).toEqual([304, '']);
  });

  it('demand the headers that they declare as required, and check them', async () => {
    const token = gateway.signIn(anAdmin());
    const patch = (headers: Record<string, string>) =>
      gateway.call(`PATCH /users/${ID}`, { token, headers, body: { displayName: 'Ada' } });
    expect((await patch({})).body['code']).toBe('request.precondition-required');
    expect((await patch({ 'if-match': '"7"' })).status).toBe(200);
    expect(seen.metadata['if-match']).toBe('"7"');
    const body = { username: 'ada', password: 'long enough' };
    expect((await gateway.call('POST /users', { body })).status).toBe(428);
    const headers = { 'idempotency-key': 'x'.repeat(256) };
    const answer = await gateway.call('POST /users', { body, headers });
    expect([answer.status, answer.body['code']]).toEqual([400, 'idempotency.key-invalid']);
  });

  it('turn texts of the query into what the message takes, and refuse what it does not', async () => {
    const token = gateway.signIn(anAdmin());
    const list = (query: string) => gateway.call(`GET /users?${query}`, { token });
    expect((await list('size=3&search=a%20b+c')).status).toBe(200);
    expect(seen.input).toEqual({ limit: 3, search: 'a b c', sort: 'createdAt' });
    for (const query of [
      'page=2',
      'limit=3',
      'size=1&size=2',
      'size=x',
      'size=1e3',
      'search=%ff',
    ]) {
      const answer = await list(query);
      expect([query, answer.status, answer.body['code']]).toEqual([query, 400, 'request.invalid']);
    }
    expect((await gateway.call(`GET /users/${ID}?x=1`, { token })).status).toBe(400);
  });

  it('do not let the body set what the path says', async () => {
    const token = gateway.signIn(anAdmin());
    const body = { displayName: 'Ada', id: aUser().userId };
    const headers = { 'if-match': '"7"' };
    const answer = await gateway.call(`PATCH /users/${ID}`, { token, headers, body });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toEqual([{ pointer: '/id', detail: 'is not for the body' }]);
  });

  it('refuse a larger body than they take', async () => {
    const body = { username: 'ada', password: 'x'.repeat(300) };
    const headers = { 'idempotency-key': 'k-2' };
    const answer = await gateway.call('POST /users', { body, headers });
    expect([answer.status, answer.body['code']]).toEqual([413, 'request.too-large']);
  });

  it('[4.33] are declared by @Route too: the same table, authentication, roles and document', async () => {
    const admin = anAdmin();
    const path = 'GET /greetings/ada';
    const answer = await gateway.call(path, { token: gateway.signIn(admin) });
    expect(answer.body).toEqual({ hello: 'ada', by: admin.userId });
    expect((await gateway.call(path)).status).toBe(401);
    expect((await gateway.call(path, { token: gateway.signIn() })).status).toBe(403);
    const { body } = await gateway.call('GET /schema');
    expect(Object.keys(body['paths'] as object)).toContain('/greetings/{name}');
  });

  it('[4.33] refuse a clash between YAML and @Route at start, with the place', async () => {
    const routes = tableOf(`
- get: /greetings/{who}
  auth: user
  to: { message: users.read, input: { id: $path.who } }
`);
    await expect(aGateway({ routes: { 'public.yaml': routes }, app: greetingApp })).rejects.toThrow(
      'public.yaml:6:12 GET /greetings/{who} can never match: ' +
        '/greetings/{name} of @Route of GreetingController.greet takes the same requests',
    );
  });
});

const TIME = (path: string) => `
- get: ${path}
  auth: user
  to: { message: time.read }
`;

describe('an edited route file', () => {
  /** What issue and contract promise. */
  const LIVE_WITHIN_MS = 2_000;
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await aGateway({ routes: { 'public.yaml': tableOf(TIME('/first')) } });
  });
  afterAll(() => gateway.close());

  it('[4.3] is live within 2 s without a restart', async () => {
    const token = gateway.signIn(anAdmin());
    expect((await gateway.call('GET /second', { token })).status).toBe(404);
    await gateway.write(tableOf(TIME('/second')));
    const isLive = async () => (await gateway.call('GET /second', { token })).status === 200;
    await eventually('the edited route answers', isLive, LIVE_WITHIN_MS);
    expect((await gateway.call('GET /first', { token })).status).toBe(404);
  });

  it('[4.3] with a fault in it leaves the old table serving and says where the fault is', async () => {
    const token = gateway.signIn(anAdmin());
    await gateway.write(tableOf(TIME('/third').replace('auth', 'auht')));
    const isTold = () => gateway.platform.logLines.find((line) => line.includes('auht'));
    const line = await eventually('the fault is logged', isTold, LIVE_WITHIN_MS);
    expect(line).toContain('public.yaml:7:7 spec.routes.0 has no key auht');
    expect((await gateway.call('GET /second', { token })).status).toBe(200);
    await gateway.write(tableOf(TIME('/third')));
    const isLive = async () => (await gateway.call('GET /third', { token })).status === 200;
    await eventually('the mended route answers', isLive, LIVE_WITHIN_MS);
  });

  it('[4.3] may come as a further file, and go again', async () => {
    const token = gateway.signIn(anAdmin());
    const more = tableOf(TIME('/more')).replace('name: spec', 'name: more');
    await gateway.write(more, 'more.yaml');
    const status = async () => (await gateway.call('GET /more', { token })).status;
    await eventually('the new file', async () => (await status()) === 200, LIVE_WITHIN_MS);
    await gateway.write(more.replace('/more', '/less'), 'more.yaml');
    await eventually('the edit', async () => (await status()) === 404, LIVE_WITHIN_MS);
  });
});
