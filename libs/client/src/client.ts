import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/api.js';
import { problemOf } from './problem.js';

export type CourtsideClient = Client<paths>;

export interface ClientOptions {
  /** Where the platform is, such as `https://sports.example`. */
  readonly baseUrl: string;
  /** The access token, or a function that gives the one to use now. */
  readonly token?: string | (() => string | undefined | Promise<string | undefined>);
  /** Another `fetch`, such as one with a proxy. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/**
 * A typed client of the HTTP API. Every POST carries an `Idempotency-Key`, so that sending it again
 * after a broken connection does nothing twice. Rejects with a `ProblemError` when refused.
 * @example
 * const courtside = createCourtsideClient({ baseUrl: 'http://localhost:8001' });
 * const { data } = await courtside.GET('/api/v1/products', { params: { query: { limit: 5 } } });
 */
export function createCourtsideClient({ baseUrl, token, fetch }: ClientOptions): CourtsideClient {
  const client = createClient<paths>({ baseUrl, ...(fetch && { fetch }) });
  client.use({
    async onRequest({ request }) {
      const value = typeof token === 'function' ? await token() : token;
      if (value) request.headers.set('authorization', `Bearer ${value}`);
      if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
        request.headers.set('idempotency-key', crypto.randomUUID());
      }
      return request;
    },
    async onResponse({ response }) {
      const problem = await problemOf(response);
      if (problem) throw problem;
      return response;
    },
  });
  return client;
}
