import { answers, folder, refuses, request, script } from '../item.mjs';

const NOBODY = '01938000-0000-7000-8000-00000000dead';

export const refusals = () =>
  folder('What is refused', 'Each refusal says why, as problem+json (RFC 9457).', [
    request('Nobody lists users', {
      ask: 'GET /api/users',
      after: [refuses(401, 'auth.token-missing')],
    }),
    request('Nor does a token that was made up', {
      ask: 'GET /api/users',
      headers: { 'X-Token': 'not-a-token' },
      after: [refuses(401, 'auth.token-invalid')],
    }),
    request('A user does not list users', {
      ask: 'GET /api/users',
      as: 'userToken',
      after: [refuses(403, 'access.denied')],
    }),
    request('A user puts nothing on sale', {
      ask: 'POST /api/products',
      as: 'userToken',
      body: { name: 'Mine', price: { amount: 1, currency: 'EUR' } },
      after: [refuses(403, 'access.denied')],
    }),
    request('A user grants nothing to themselves', {
      ask: 'PUT /api/v1/users/:id/permissions/:permission',
      params: { id: '{{userId}}', permission: 'time:read' },
      as: 'userToken',
      after: [refuses(403, 'access.denied')],
    }),
    request('There is no such product', {
      ask: 'GET /api/products/:id',
      params: { id: NOBODY },
      after: [refuses(404, 'products.unknown')],
    }),
    request('There is no such order', {
      ask: 'GET /api/orders/:id',
      params: { id: NOBODY },
      as: 'userToken',
      after: [refuses(404, 'orders.unknown')],
    }),
    request('Signing in takes another method', {
      ask: 'PUT /api/login',
      after: [
        refuses(405, 'request.method'),
        script(() => {
          pm.test('says which', () => {
            pm.expect(pm.response.headers.get('allow')).to.equal('POST');
          });
        }),
      ],
    }),
    request('The code of a problem is explained', {
      ask: 'GET /problems/:code',
      params: { code: 'access.denied' },
      after: [answers(200)],
    }),
  ]);
