/** What the OpenAPI document cannot know of a request: which user, which id, which body makes sense. */
import { forgets, keeps, script } from './item.mjs';
import { NAME } from './journey/selling.mjs';

const CREDENTIALS = { username: '{{username}}', password: '{{password}}' };

/** Examples of parts of a path that are no id of something that a request before made. */
export const params = {
  code: 'users.protected',
  file: 'swagger-ui.css',
  permission: 'time:read',
  role: 'user',
  service: 'time',
};

/** The session that a token belongs to stands in the token. */
const keepsItsSession = script(() => {
  const [, claims] = pm.response.json().access_token.split('.');
  pm.environment.set('sessions.id', JSON.parse(Buffer.from(claims, 'base64').toString()).sid);
});

/**
 * By message, so that a request means the same at each of its paths: `as` is the variable with the token,
 * `body` and `params` what is sent, `after` a script, `isLast` that others of its folder come before.
 */
export const given = {
  'auth.create-session': { body: CREDENTIALS },
  'auth.refresh-session': { body: { refresh_token: '{{refreshToken}}' } },
  'auth.change-password': {
    body: { current: '{{password}}', replacement: '{{password}}' },
    isLast: true,
  },
  'users.create': {
    body: { ...CREDENTIALS, username: 'postman-{{$randomUUID}}', displayName: 'Ada' },
  },
  'users.update': { body: { displayName: 'Ada', email: 'ada@example.org' } },
  'users.delete': { after: [forgets(['users.id'])] },
  'products.create': {
    body: { name: NAME, description: '', price: { amount: 1_999, currency: 'EUR' }, stock: 0 },
  },
  // Of the product that is taken from sale at the end.
  'products.adjust-stock': { params: { id: '{{productId}}' }, body: { change: 1 } },
  'orders.create': { body: { items: [{ productId: '{{productId}}', quantity: 1 }] } },
};

/** The same, where only one of the paths of a message is meant. */
export const givenAt = {
  'POST /api/v1/auth/token': { after: [keepsItsSession] },
  'POST /api/v1/auth/sessions': {
    after: [keeps('refreshToken', 'refresh_token'), keeps('sessionToken', 'access_token')],
  },
  'DELETE /api/v1/auth/sessions/current': { as: 'sessionToken' },
};
