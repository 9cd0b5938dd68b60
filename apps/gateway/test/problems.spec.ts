import { connect } from 'node:net';
import { anAdmin } from '@courtside/testing';
import fc from 'fast-check';
import { aGateway, type TestGateway } from './a-gateway.js';

/** Sends bytes as they are and gives back all that came. */
function raw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname.replace(/[[\]]/g, ''), () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8').on('data', (part: string) => (received += part));
    socket.on('end', () => resolve(received)).on('error', reject);
  });
}

const LOGIN = 'POST /api/login';

describe('what fails', () => {
  let gateway: TestGateway;
  beforeAll(async () => (gateway = await aGateway()));
  afterAll(() => gateway.close());

  it('[4.32] answers in one format, with the correlation id of its answer', async () => {
    const token = gateway.signIn(anAdmin());
    const text = { 'content-type': 'text/plain' };
    const answers = {
      'nothing there': [404, await gateway.call('GET /nowhere')],
      'another method': [405, await gateway.call('PUT /api/login')],
      'no token': [401, await gateway.call('GET /api/users')],
      'wrong credentials': [
        401,
        await gateway.call(LOGIN, { body: { username: 'x', password: 'y' } }),
      ],
      'another type': [415, await gateway.call(LOGIN, { body: '<a/>', headers: text })],
      'no JSON': [400, await gateway.call(LOGIN, { body: '{"username":' })],
      'wrong fields': [400, await gateway.call(LOGIN, { body: { username: 5 } })],
      'an unreadable path': [400, await gateway.call('GET /api/users/%zz', { token })],
      'a long path': [431, await gateway.call(`GET /${'a'.repeat(9_000)}`)],
      'a large body': [413, await gateway.call(LOGIN, { body: 'x'.repeat(70_000) })],
      'a service that fails': [500, await gateway.call('GET /api/products/x')],
      'a service that is down': [503, await gateway.call('GET /api/orders', { token })],
    } as const;
    for (const [name, [status, answer]] of Object.entries(answers)) {
      const { body, headers } = answer;
      expect([name, answer.status]).toEqual([name, status]);
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      const correlationId = headers.get('x-request-id');
      expect(body).toMatchObject({ status, correlationId, instance: expect.stringMatching(/^\//) });
      expect(body['type']).toBe(`/problems/${String(body['code'])}`);
      expect((await gateway.call(`GET ${String(body['type'])}`)).body['remedy']).toBeTruthy();
    }
  });

  it('[4.32] lists every fault of an input at once', async () => {
    const { body } = await gateway.call('POST /api/users', { body: { username: '', email: 'x' } });
    const pointers = (body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer);
    expect(pointers.sort()).toEqual(['/email', '/password', '/username']);
  });

  it('tells nothing of what is inside', async () => {
    const answer = await gateway.call('GET /api/products/x');
    expect(answer.text).not.toMatch(/pw|secret|Error|at |node_modules|zod|fastify/i);
    expect(gateway.platform.logLines.join('')).toContain('pw');
  });

  it('says when trying again makes sense', async () => {
    const answer = await gateway.call('GET /api/orders', { token: gateway.signIn() });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('carries the same protection as what succeeds, and names no software', async () => {
    const answers = await Promise.all(
      ['GET /', 'GET /nowhere', 'GET /api/users', 'GET /livez', 'OPTIONS /api/users'].map((each) =>
        gateway.call(each),
      ),
    );
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe/);
      expect([headers.get('server'), headers.get('x-powered-by')]).toEqual([null, null]);
    }
  });

  it('takes a plain correlation id of the client and replaces any other', async () => {
    const idFor = async (id: string) => {
      const { headers } = await gateway.call('GET /livez', { headers: { 'x-request-id': id } });
      return headers.get('x-request-id');
    };
    expect(await idFor('my-request-7')).toBe('my-request-7');
    for (const odd of ['x', 'a'.repeat(65), '<script>alert(1)</script>', 'a b c d e f g h']) {
      expect(await idFor(odd)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is answered even where Node finds the fault before there is a request', async () => {
    const host = 'Host: x\r\n';
    const attempts = {
      431: `GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(70_000)}\r\n\r\n`,
      400: `GET / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
    };
    for (const [status, text] of Object.entries(attempts)) {
      const answer = await raw(gateway.url, text);
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer).toContain('application/problem+json');
      expect(answer).toContain('x-content-type-options: nosniff');
    }
  });

  it('is 4xx for bodies that are deep, poisoned, compressed or no UTF-8', async () => {
    const deep = '['.repeat(45_000) + ']'.repeat(45_000);
    const bodies = [
      deep.slice(0, 30_000) + deep.slice(60_000),
      '{"a":'.repeat(40) + '1' + '}'.repeat(40),
      '{"username":"a","password":"b","__proto__":{"admin":true}}',
      '{"username":"a","password":"b","\\u005f_proto__":{"admin":true}}',
      '\ufeff{}',
      '',
      'null',
      '[]',
      '{"username":{"$gt":""},"password":["a"]}',
      '{"username":"a","password":1e309}',
    ];
    for (const body of bodies) {
      const { status } = await gateway.call(LOGIN, { body });
      expect([body.slice(0, 80), status]).toEqual([body.slice(0, 80), 400]);
    }
    const gzip = { 'content-encoding': 'gzip' };
    expect((await gateway.call(LOGIN, { body: '{}', headers: gzip })).status).toBe(415);
    const notUtf8 = await fetch(`${gateway.url}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from([0x22, 0xff, 0x22]),
    });
    expect(notUtf8.status).toBe(400);
  });

  it('is never a 500, whatever a client sends', async () => {
    const token = gateway.signIn(anAdmin());
    const path = fc.constantFrom(
      '/api/v1/login',
      '/api/v1/users',
      '/api/v1/users/x',
      '/api/v1/time',
      '/docs',
      '/schema',
    );
    const header = fc.stringMatching(/^[\x21-\x7e]{1,40}$/);
    const request = fc.record({
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'),
      path: fc.oneof(
        path,
        fc.tuple(path, fc.webPath()).map(([base, rest]) => base + rest),
      ),
      query: fc.oneof(fc.constant(''), fc.webQueryParameters()),
      body: fc.oneof(
        fc.json(),
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify(value)),
      ),
      ifMatch: header,
      key: header,
      requestId: header,
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path: at, query, body, ...headers }) => {
        const answer = await gateway.call(`${method} ${at}${query && `?${query}`}`, {
          token,
          ...(method !== 'GET' && { body }),
          headers: {
            'if-match': headers.ifMatch,
            'idempotency-key': headers.key,
            'x-request-id': headers.requestId,
          },
        });
        expect(answer.status).not.toBe(500);
      }),
      { numRuns: 300 },
    );
    // So many requests take a busy machine longer than any other test.
  }, 60_000);
});
