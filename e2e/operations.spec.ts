import { Validator } from '@seriousme/openapi-schema-validator';
import { aNewUser, call, signIn } from './api.js';

describe('the platform', () => {
  it('[1.10] tells the time by permission, twice the same instant', async () => {
    const token = await signIn('admin');
    for (const path of ['/api/v1/time', '/api/time']) {
      const { body } = await call<{ iso: string; timestamp: number }>(`GET ${path}`, { token });
      expect(Date.parse(body.iso) / 1_000).toBeCloseTo(body.timestamp, 3);
      expect(body.iso).toMatch(/(Z|[+-]\d\d:\d\d)$/);
      expect(Math.abs(Date.now() / 1_000 - body.timestamp)).toBeLessThan(60);
    }
    const { token: without } = await aNewUser();
    expect((await call('GET /api/v1/time', { token: without })).status).toBe(403);
  });

  it('[1.9] tells whether one holds a permission, and why', async () => {
    const [admin, user] = await Promise.all([signIn('admin'), signIn('user')]);
    const verify = (token?: string) =>
      call('POST /api/v1/auth/verify', { token, body: { permission: 'users:list' } });
    expect((await verify(admin)).body).toEqual({ allowed: true, reason: expect.any(String) });
    expect((await verify(user)).body).toEqual({ allowed: false, reason: expect.any(String) });
    expect((await verify()).status).toBe(401);
  });

  it('[1.16] proves its real dependencies at /smoke', async () => {
    const answer = await call('GET /smoke');
    expect(answer.status).toBe(200);
    for (const part of ['auth', 'users', 'products', 'orders', 'time', 'database', 'bus']) {
      expect(answer.text).toContain(part);
    }
  });

  it('answers its probes', async () => {
    for (const path of ['/livez', '/readyz', '/startupz']) {
      expect((await call(`GET ${path}`)).status).toBe(200);
    }
  });

  it('[1.17] [4.4] describes all its services in one OpenAPI 3.1 document', async () => {
    const { body } = await call<{ openapi: string; paths: object }>('GET /schema');
    expect(body.openapi).toMatch(/^3\.1\./);
    const { valid, errors } = await new Validator().validate(body);
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/login', '/api/v1/users', '/api/v1/orders']),
    );
  });

  it('[1.17] describes each service by itself', async () => {
    for (const service of ['auth', 'users', 'products', 'orders', 'time']) {
      const answer = await call<{ openapi: string }>(`GET /schema/${service}`);
      expect([service, answer.status]).toEqual([service, 200]);
      expect(answer.body.openapi).toMatch(/^3\.1\./);
    }
    expect((await call('GET /schema/nonsense')).status).toBe(404);
  });

  it('shows its documents without asking anyone else', async () => {
    const docs = await call('GET /docs');
    expect(docs.status).toBe(200);
    expect(docs.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const home = await call('GET /');
    for (const part of ['/docs', '/schema', '/smoke', 'curl']) expect(home.text).toContain(part);
  });

  it('[4.32] says what is wrong in one format, with a correlation id', async () => {
    const answers = await Promise.all([
      call('GET /nowhere'),
      call('PUT /api/login'),
      call('POST /api/login', { body: { username: 5 } }),
      call('POST /api/login', { body: [], headers: { 'content-type': 'text/plain' } }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([404, 405, 400, 415]);
    for (const { body, headers, status } of answers) {
      expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(body).toMatchObject({ status, code: expect.any(String), type: expect.any(String) });
      expect(body['correlationId']).toBe(headers.get('x-request-id'));
    }
    expect(answers[1]?.headers.get('allow')).toBe('POST');
  });
});
