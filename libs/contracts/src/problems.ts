import type { ProblemKind } from './kinds.js';

interface ProblemDefinition {
  readonly kind: ProblemKind;
  /** A short sentence that is the same each time (RFC 9457 `title`). */
  readonly title: string;
  /** What the one who gets it can do; printed in the reference. */
  readonly remedy: string;
}

const define = <T extends Record<string, ProblemDefinition>>(table: T): Readonly<T> =>
  Object.freeze(table);

/** Every problem Courtside answers with, by code. Closed: a code that is not here does not exist. */
export const problems = define({
  'request.invalid': {
    kind: 'invalid',
    title: 'The request does not match what this operation takes',
    remedy: 'Mend every fault listed in `errors` and send it again.',
  },
  'request.malformed': {
    kind: 'invalid',
    title: 'The body is not valid JSON',
    remedy: 'Send UTF-8 JSON with `Content-Type: application/json`.',
  },
  'request.too-large': {
    kind: 'too-large',
    title: 'The body is larger than this route takes',
    remedy: 'Send less; `detail` names the limit.',
  },
  'request.media-type': {
    kind: 'unsupported-media-type',
    title: 'This content type is not taken',
    remedy: 'Send `Content-Type: application/json`.',
  },
  'request.route-unknown': {
    kind: 'missing',
    title: 'There is nothing at this path',
    remedy: 'See `/docs` for the paths that exist.',
  },
  'request.version-gone': {
    kind: 'gone',
    title: 'This version of the operation has ended',
    remedy: 'Use what `detail` and the header `Link` name instead.',
  },
  'request.method': {
    kind: 'method-not-allowed',
    title: 'This path does not take this method',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  'request.precondition-required': {
    kind: 'precondition-required',
    title: 'This operation needs a precondition header',
    remedy: 'Send the header that `detail` names.',
  },
  'request.precondition-failed': {
    kind: 'precondition-failed',
    title: 'The thing has changed since it was read',
    remedy: 'Read it again and send its new `ETag` as `If-Match`.',
  },
  'request.headers-too-large': {
    kind: 'headers-too-large',
    title: 'The request headers are too large',
    remedy: 'Send fewer or shorter headers.',
  },
  'request.conflicting-credentials': {
    kind: 'invalid',
    title: 'Two different tokens were sent',
    remedy: 'Send the token in `Authorization` or in `X-Token`, not two different ones.',
  },
  'idempotency.key-reused': {
    kind: 'unprocessable',
    title: 'This idempotency key was used for another request',
    remedy: 'Use a new `Idempotency-Key` for each different request.',
  },
  'idempotency.key-invalid': {
    kind: 'invalid',
    title: 'The idempotency key is not acceptable',
    remedy: 'Send 1 to 255 visible ASCII characters.',
  },
  'auth.token-missing': {
    kind: 'unauthenticated',
    title: 'This operation needs a token',
    remedy: 'Sign in with `POST /api/login` and send `Authorization: Bearer <token>`.',
  },
  'auth.token-invalid': {
    kind: 'unauthenticated',
    title: 'The token is not valid',
    remedy: 'Sign in again.',
  },
  'auth.credentials-wrong': {
    kind: 'unauthenticated',
    title: 'User name or password is wrong',
    remedy: 'Check both; whether the user name exists is not told.',
  },
  'auth.busy': {
    kind: 'limited',
    title: 'Too many sign-ins are under way',
    remedy: 'Try again after the seconds in `Retry-After`.',
  },
  'auth.password-unacceptable': {
    kind: 'invalid',
    title: 'The password is not acceptable',
    remedy: '`detail` says what a password must be.',
  },
  'auth.credential-exists': {
    kind: 'conflict',
    title: 'This account has another password already',
    remedy: 'Sign in with it, and change it then.',
  },
  'auth.account-gone': {
    kind: 'conflict',
    title: 'This account has been deleted, or its sign-up called off',
    remedy: 'Sign up again; an account that is gone never comes back.',
  },
  'auth.refresh-token-invalid': {
    kind: 'unauthenticated',
    title: 'The refresh token is not valid',
    remedy: 'Sign in again.',
  },
  'auth.session-unknown': {
    kind: 'missing',
    title: 'There is no such session',
    remedy: 'List the sessions to see which exist.',
  },
  'access.denied': {
    kind: 'forbidden',
    title: 'You may not do this',
    remedy: 'Ask an administrator for the permission that `detail` names.',
  },
  'access.unproven': {
    kind: 'unauthenticated',
    title: 'The message carries no proof of who asks',
    remedy: 'Requests enter through the gateway only.',
  },
  'users.unknown': {
    kind: 'missing',
    title: 'There is no such user',
    remedy: 'Check the id.',
  },
  'users.username-taken': {
    kind: 'conflict',
    title: 'This user name is taken',
    remedy: 'Choose another user name.',
  },
  'users.protected': {
    kind: 'forbidden',
    title: 'This user is protected',
    remedy: 'Protected users are set by configuration (`PROTECTED_USERS`).',
  },
  'users.own-access': {
    kind: 'forbidden',
    title: 'Nobody changes their own access',
    remedy: 'Ask another administrator.',
  },
  'users.last-admin': {
    kind: 'conflict',
    title: 'This is the last administrator',
    remedy: 'Make another user an administrator first.',
  },
  'products.unknown': {
    kind: 'missing',
    title: 'There is no such product',
    remedy: 'Check the id, or list the catalogue.',
  },
  'products.out-of-stock': {
    kind: 'conflict',
    title: 'There are not enough pieces left',
    remedy: 'Order less of what `detail` names, with a new `Idempotency-Key`, or try again later.',
  },
  'products.reservation-released': {
    kind: 'conflict',
    title: 'The order was called off: nothing is reserved for it any more',
    remedy: 'Reserve for a new order.',
  },
  'products.stock-out-of-range': {
    kind: 'conflict',
    title: 'The stock cannot change by that much',
    remedy: 'Read the product again; `detail` names what is left and the bounds.',
  },
  'orders.unknown': {
    kind: 'missing',
    title: 'There is no such order',
    remedy: 'List your orders to see which exist.',
  },
  'orders.product-unknown': {
    kind: 'unprocessable',
    title: 'The order names a product that does not exist',
    remedy: 'Order products of the catalogue; `detail` names the unknown ones.',
  },
  'orders.currency-mixed': {
    kind: 'unprocessable',
    title: 'The products of one order must share a currency',
    remedy: 'Place one order for each currency.',
  },
  'orders.expired': {
    kind: 'conflict',
    title: 'The order was not confirmed in time, and nothing is reserved for it',
    remedy: 'Place it again with a new `Idempotency-Key`.',
  },
  'orders.not-cancellable': {
    kind: 'conflict',
    title: 'This order can no longer be cancelled',
    remedy: 'Read the order: `detail` names its status.',
  },
  'service.unavailable': {
    kind: 'unavailable',
    title: 'The service is not available',
    remedy: 'Try again after the seconds in `Retry-After`.',
  },
  'service.overloaded': {
    kind: 'unavailable',
    title: 'The service has more work than it can take',
    remedy: 'Try again after the seconds in `Retry-After`.',
  },
  'service.late': {
    kind: 'late',
    title: 'The service did not answer in time',
    remedy: 'Try again; send the same `Idempotency-Key` with a write.',
  },
  'service.internal': {
    kind: 'internal',
    title: 'Something broke on our side',
    remedy: 'Tell the operators the correlation id.',
  },
});

export type ProblemCode = keyof typeof problems;
