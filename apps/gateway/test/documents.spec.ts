import { Validator } from '@seriousme/openapi-schema-validator';
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { events, subscribersOf } from '@courtside/contracts';
import { anAdmin } from '@courtside/testing';
import { aGateway, type TestGateway } from './a-gateway.js';

interface Operation {
  readonly operationId: string;
  readonly security: object[];
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
type Paths = Record<string, Record<string, Operation>>;

describe('documents and probes', () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await aGateway()));
  afterAll(() => gateway.close());
  const document = async (path: string) =>
    (await gateway.call(`GET ${path}`)).body as { openapi: string; paths: Paths };

  it('[1.17] [4.4] describe all operations in one valid OpenAPI 3.1 document', async () => {
    const { openapi, paths } = await document('/schema');
    expect(openapi).toMatch(/^3\.1\./);
    const { valid, errors } = await new Validator().validate(await document('/schema'));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/api/v1/login', '/api/login', '/api/v1/users/{id}', '/livez']),
    );
  });

  it('[4.25] [4.7] describe the sign-in as the route answers it, and no password anywhere', async () => {
    const { paths } = await document('/schema');
    const answer = paths['/api/v1/login']?.['post']?.responses['200'];
    expect(answer?.content?.['application/json']?.schema).toMatchObject({
      properties: { access_token: { type: 'string' }, token_type: { const: 'bearer' } },
      required: ['access_token', 'token_type'],
      additionalProperties: false,
    });
    expect((await gateway.call('GET /schema')).text).not.toMatch(/hashed/);
  });

  it('[0.9] ask for a token wherever the document says so, and nowhere else', async () => {
    const { paths } = await document('/schema');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { security }]) => ({ path, method, security })),
    );
    const guarded = operations.filter(({ security }) => security.length > 0);
    for (const { method, path } of guarded) {
      const at = `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'x')}`;
      expect([at, (await gateway.call(at)).status]).toEqual([at, 401]);
    }
    const open = operations.filter(({ security }) => security.length === 0);
    const names = open.map(({ method, path }) => `${method} ${path}`);
    const pinned = names.filter((each) => each.includes('/api/v1/')).sort();
    expect(pinned).toEqual([
      'get /api/v1/products',
      'get /api/v1/products/{id}',
      'post /api/v1/auth/sessions',
      'post /api/v1/auth/sessions/refresh',
      'post /api/v1/auth/token',
      'post /api/v1/login',
      'post /api/v1/users',
    ]);
  });

  it('[1.17] describe each service by its own word', async () => {
    const time = await document('/schema/time');
    expect(Object.keys(time.paths)).toEqual(['/api/v1/time', '/api/time']);
    const { valid, errors } = await new Validator().validate(await document('/schema/users'));
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect((await gateway.call('GET /schema/orders')).status).toBe(503);
    expect((await gateway.call('GET /schema/nonsense')).status).toBe(404);
  });

  it('[4.12] show every operation at /docs without asking anyone else', async () => {
    const docs = await gateway.call('GET /docs');
    expect(docs.status).toBe(200);
    expect(docs.text).not.toMatch(/https?:\/\//);
    expect(docs.text).not.toMatch(/<script>|<style|onload=|style=/);
    const parts = [...docs.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(parts.length).toBeGreaterThan(2);
    for (const path of parts) expect((await gateway.call(`GET ${path}`)).status).toBe(200);
    for (const path of ['package.json', 'swagger-ui.js', '..%2fpackage.json', '__proto__']) {
      expect((await gateway.call(`GET /docs/${path}`)).status).toBe(404);
    }
  });

  it('show every event at /docs/events with who tells it, who handles it and its fields', async () => {
    const { status, text, headers } = await gateway.call('GET /docs/events');
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'/,
    );
    expect(text).not.toMatch(/<script|<style|onload=|style=|(src|href)="(https?:)?\/\//);
    for (const { name, service, version } of events.values()) {
      const section = text.split(`<section id="${name}">`)[1]?.split('</section>')[0] ?? '';
      expect(section).toContain(`<th scope="row">Told by</th><td>${service}</td>`);
      const subscribers = subscribersOf(name).join(', ') || 'nobody yet';
      expect(section).toContain(`<th scope="row">Handled by</th><td>${subscribers}</td>`);
      expect(section).toContain(`<td>${version}, <code>type</code>`);
    }
    expect(text).toContain('<code>items[].price.amount</code></td><td>integer</td><td>always</td>');
    expect(text).toContain('&quot;type&quot;: &quot;orders.created.v1&quot;');
  });

  it('link the page of events from the start page and from /docs, and nothing on it is dead', async () => {
    for (const path of ['/', '/docs']) {
      expect((await gateway.call(`GET ${path}`)).text).toContain('href="/docs/events"');
    }
    const { text } = await gateway.call('GET /docs/events');
    const links = [...text.matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link);
    const paths = [...new Set(links.filter((link) => link.startsWith('/')))];
    expect(paths).toEqual(expect.arrayContaining(['/docs/events.json', '/docs', '/schema']));
    for (const path of paths) expect((await gateway.call(`GET ${path}`)).status).toBe(200);
    const anchors = links.filter((link) => link.startsWith('#')).map((link) => link.slice(1));
    expect(anchors.length).toBeGreaterThan(events.size);
    expect(anchors.filter((id) => !text.includes(`id="${id}"`))).toEqual([]);
  });

  it('give the events as AsyncAPI 3.0, the same that is kept with the code', async () => {
    const { headers, body, status } = await gateway.call('GET /docs/events.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/vnd\.aai\.asyncapi\+json;version=3/);
    const kept = await readFile('docs/generated/asyncapi.json', 'utf8');
    expect(body).toEqual(JSON.parse(kept));
    expect(body).toMatchObject({ asyncapi: '3.0.0', servers: { bus: { protocol: 'redis' } } });
  });

  it('say at / what this is and where to go on', async () => {
    const { text } = await gateway.call('GET /');
    for (const part of ['/docs', '/schema', '/smoke', 'curl', '/api/login', '&quot;admin&quot;']) {
      expect(text).toContain(part);
    }
    const odd = await gateway.call('GET /', { headers: { 'x-forwarded-host': 'evil.example' } });
    expect(odd.text).not.toContain('evil.example');
  });

  it('[1.16] [4.30] tell of every service whether it is up, and which is not', async () => {
    const { status, body } = await gateway.call('GET /smoke');
    expect(status).toBe(503);
    expect(body).toMatchObject({
      up: false,
      services: {
        time: { up: true, checks: [{ name: 'bus', up: true }] },
        orders: { up: false, detail: expect.any(String) },
      },
    });
    for (const probe of ['/livez', '/readyz', '/startupz']) {
      expect((await gateway.call(`GET ${probe}`)).status).toBe(200);
    }
  });

  it('explain problems to programs and to people', async () => {
    const { body } = await gateway.call('GET /problems/users.protected');
    expect(body).toMatchObject({
      code: 'users.protected',
      status: 403,
      remedy: expect.any(String),
    });
    const headers = { accept: 'text/html' };
    const page = await gateway.call('GET /problems/users.protected', { headers });
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect((await gateway.call('GET /problems/__proto__')).status).toBe(404);
  });

  it('[1.3] publish the keys of tokens, without anything private', async () => {
    const { body } = await gateway.call('GET /.well-known/jwks.json');
    const [key] = body['keys'] as Record<string, unknown>[];
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
    expect(() => createPublicKey({ key: key as never, format: 'jwk' })).not.toThrow();
  });

  it('[4.14] answer the sign-in with exactly two fields, versioned and unversioned', async () => {
    for (const path of ['/api/login', '/api/v1/login']) {
      const body = { username: 'admin', password: 'a' };
      const { text, headers } = await gateway.call(`POST ${path}`, { body });
      expect(text).toMatch(/^\{"access_token":"[^"]+","token_type":"bearer"\}$/);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('write one line per request, without its query or its token', async () => {
    const token = gateway.signIn(anAdmin());
    await gateway.call('GET /api/v1/products?search=my-private-search', { token });
    const lines = gateway.platform.logLines.filter((line) => line.includes('answered a request'));
    const line = JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
    expect(line).toMatchObject({ method: 'GET', route: '/api/v1/products', status: 200 });
    expect(gateway.platform.logLines.join('')).not.toMatch(/my-private-search/);
    expect(gateway.platform.logLines.join('')).not.toContain(token);
  });
});
