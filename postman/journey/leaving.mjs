import {
  answers,
  asksAgain,
  folder,
  forgets,
  request,
  script,
  signIn,
  unlessMissing,
} from '../item.mjs';

export const leaving = () =>
  folder('Sign out', 'The session ends, and its token with it.', [
    request('Signs out', {
      ask: 'DELETE /api/v1/auth/sessions/current',
      as: 'userToken',
      after: [answers(204)],
    }),
    request('Is a stranger again', {
      ask: 'GET /api/v1/users/me',
      as: 'userToken',
      after: [
        // Gateways hear of it at once, and would ask by themselves after 5 s.
        asksAgain({
          triesMax: 50,
          everyMs: 200,
          isDone: () => pm.response.code === 401,
          judge: () => {
            pm.test('the token is refused', () => pm.response.to.have.status(401));
          },
        }),
      ],
    }),
  ]);

/** Passes over it where the run made no such thing. */
const takesAway = () => [
  request('Looks what is left of the product', {
    ask: 'GET /api/v1/products/:id',
    params: { id: '{{productId}}' },
    before: [unlessMissing('productId')],
    after: [
      answers(200),
      script(() => {
        const { stock } = pm.response.json();
        if (stock > 0) pm.environment.set('left', -stock);
        else pm.environment.unset('left');
      }),
    ],
  }),
  request('Takes it from sale', {
    ask: 'POST /api/v1/products/:id/stock',
    params: { id: '{{productId}}' },
    as: 'adminToken',
    body: '{ "change": {{left}} }',
    before: [unlessMissing('productId', 'adminToken', 'left')],
    after: [
      answers(200),
      script(() => {
        pm.test('nobody can buy it', () => pm.expect(pm.response.json().stock).to.equal(0));
      }),
    ],
  }),
];

/** Also after a run that failed: what was not made is passed over. */
export const cleaningUp = () =>
  folder('Clean up', 'What the run made is deleted, or taken from sale.', [
    ...takesAway(),
    request('Deletes the account that an operation made', {
      ask: 'DELETE /api/v1/users/:id',
      params: { id: '{{users.id}}' },
      as: 'adminToken',
      before: [unlessMissing('users.id', 'adminToken')],
      after: [answers(204), forgets(['users.id'])],
    }),
    signIn('Signs in once more', {
      username: 'username',
      password: 'password',
      token: 'userToken',
      before: [unlessMissing('userId')],
    }),
    request('Deletes the account', {
      ask: 'DELETE /api/v1/users/:id',
      params: { id: '{{userId}}' },
      as: 'userToken',
      before: [unlessMissing('userId', 'userToken')],
      after: [
        answers(204),
        forgets([
          ...['userId', 'productId', 'productVersion', 'orderId', 'orderKey', 'left'],
          ...['username', 'password', 'userToken', 'adminToken', 'userVersion'],
        ]),
      ],
    }),
  ]);
