import { lookup } from 'node:dns';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { LookupFunction } from 'node:net';
import { authority, type Platform } from './platform.js';

export interface IngressAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Asking {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose connections it goes by; one of its own unless given. */
  readonly agent?: Agent;
}

/** Long enough for any answer of the platform, whose routes end after 5 s, milliseconds. */
const ANSWER_WITHIN_MS = 10_000;

/** Connections that stay open between requests, as those of browsers do. */
export const keptConnections = (): Agent =>
  new Agent({ ca: readFileSync(authority), keepAlive: true, maxSockets: 128 });

/** A name below localhost is this machine (RFC 6761, 6.3), whatever the resolver of the machine knows. */
const lookupLocally: LookupFunction = (name, options, done) =>
  lookup(name.endsWith('.localhost') ? 'localhost' : name, options, done);

/** Asks the platform through its ingress, over TLS, believing its own certificate alone. */
export function throughIngress(
  platform: Platform,
  operation: string,
  { token, body, headers, agent }: Asking = {},
): Promise<IngressAnswer> {
  const [method = 'GET', path = '/'] = operation.split(' ');
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, platform.url),
      {
        method,
        ...(agent ? { agent } : { ca: readFileSync(authority) }),
        lookup: lookupLocally,
        timeout: ANSWER_WITHIN_MS,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.once('error', reject);
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    const late = () => asked.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`));
    asked.once('timeout', late);
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
