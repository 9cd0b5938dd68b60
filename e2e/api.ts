/** What a client of the platform has: a base URL, HTTP, and nothing else. */
import { randomBytes } from 'node:crypto';

const baseUrl = (process.env['BASE_URL'] ?? '').replace(/\/$/, '');

/** Long enough for any answer, short enough that a hang fails the test, milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; an empty object when there is none. */
  readonly body: T;
}

interface Call {
  /** Base URL of a gateway; the one that all specs share when not given. */
  readonly at?: string;
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Calls an operation: `call('POST /api/orders', { token, body })`. */
export async function call<T = Record<string, unknown>>(
  operation: string,
  { at = baseUrl, token, body, headers = {} }: Call = {},
): Promise<Answer<T>> {
  const [method = 'GET', path = '/'] = operation.split(' ');
  const response = await fetch(at + path, {
    method,
    headers: {
      // A worker stops for seconds when it loads the next spec: a kept connection may have ended by then.
      connection: 'close',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  const text = await response.text();
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
  const parsed = (isJson && text ? JSON.parse(text) : {}) as T;
  return { status: response.status, headers: response.headers, text, body: parsed };
}

/** Signs in and gives the access token. */
export async function signIn(username: string, password = 'a'): Promise<string> {
  const answer = await call<{ access_token: string }>('POST /api/login', {
    body: { username, password },
  });
  if (answer.status !== 200) throw new Error(`sign-in of ${username}: ${answer.text}`);
  return answer.body.access_token;
}

/** A password that the policy takes. */
export const GOOD_PASSWORD = 'correct horse battery staple';

export interface NewUser {
  readonly id: string;
  readonly username: string;
  readonly token: string;
}

export const aName = (): string => `spec-${randomBytes(6).toString('hex')}`;

/** Signs up somebody new and signs in. */
export async function aNewUser(): Promise<NewUser> {
  const username = aName();
  const answer = await call<{ id: string }>('POST /api/users', {
    body: { username, password: GOOD_PASSWORD },
  });
  if (answer.status !== 201) throw new Error(`sign-up: ${answer.text}`);
  return { id: answer.body.id, username, token: await signIn(username, GOOD_PASSWORD) };
}

interface Product {
  readonly id: string;
  readonly price: { readonly amount: number };
  /** Pieces left; null where it is made to order. */
  readonly stock: number | null;
}

/** Some product of the catalogue. */
export async function aProduct(): Promise<Product> {
  const { body } = await call<{ items: Product[] }>('GET /api/products?limit=200');
  // Other specs sell out what they add, so the one with the most pieces is taken.
  const pieces = ({ stock }: Product): number => stock ?? Infinity;
  const [product] = body.items.toSorted((one, other) => (pieces(other) > pieces(one) ? 1 : -1));
  if (!product) throw new Error('the catalogue is empty: start the demo profile');
  return product;
}

/** The middle part of a JWT. */
export const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
