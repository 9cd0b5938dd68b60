import { createCourtsideClient } from './client.js';
import { ProblemError } from './problem.js';

/** A platform that gives one answer and keeps what it was asked. */
function aPlatform(status: number, body: object, headers: Record<string, string> = {}) {
  const asked: Request[] = [];
  const fetch = async (request: Request) => {
    asked.push(request);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    return new Response(JSON.stringify(body), {
      status,
      headers: { 'content-type': type, ...headers },
    });
  };
  return { asked, fetch, baseUrl: 'http://platform.test' };
}

describe('the client', () => {
  it('sends the token, also one that changes', async () => {
    let token = 'first';
    const { asked, ...platform } = aPlatform(200, { items: [], next: null });
    const client = createCourtsideClient({ ...platform, token: () => token });
    await client.GET('/api/v1/orders');
    token = 'second';
    await client.GET('/api/v1/orders');
    expect(asked.map((request) => request.headers.get('authorization'))).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  it('gives every POST a key of its own and keeps a given one', async () => {
    const { asked, ...platform } = aPlatform(201, {});
    const client = createCourtsideClient(platform);
    const body = { items: [{ productId: 'p', quantity: 1 }] };
    await client.POST('/api/v1/orders', { body });
    await client.POST('/api/v1/orders', { body });
    await client.POST('/api/v1/orders', { body, headers: { 'idempotency-key': 'mine' } });
    const keys = asked.map((request) => request.headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  it('rejects with the problem that the platform answered', async () => {
    const problem = { code: 'service.overloaded', title: 'Too much', detail: 'wait', status: 503 };
    const { asked: _asked, ...platform } = aPlatform(503, problem, { 'retry-after': '2' });
    const answer = createCourtsideClient(platform).GET('/api/v1/products');
    await expect(answer).rejects.toBeInstanceOf(ProblemError);
    await expect(answer).rejects.toMatchObject({
      status: 503,
      code: 'service.overloaded',
      retryAfter: 2,
    });
  });
});
