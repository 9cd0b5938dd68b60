import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { authority, type Platform } from './platform.js';

interface IngressAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Asks the platform through its ingress, over TLS, believing its own certificate alone. */
export function throughIngress(
  platform: Platform,
  operation: string,
  { token, body }: { readonly token?: string; readonly body?: unknown } = {},
): Promise<IngressAnswer> {
  const [method = 'GET', path = '/'] = operation.split(' ');
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(path, platform.url),
      {
        method,
        ca: readFileSync(authority),
        timeout: 10_000,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asked.once('timeout', () => asked.destroy(new Error('no answer within 10 s')));
    asked.once('error', reject);
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
