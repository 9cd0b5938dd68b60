import { readFileSync } from 'node:fs';
import { request as askHttp, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { request as askHttps } from 'node:https';
import { connect, type ConnectionOptions } from 'node:tls';
import type { Door } from './door.js';

const ANSWER_WITHIN_MS = 15_000;

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Asked {
  readonly by?: 'https' | 'http' | 'plain';
  readonly headers?: Record<string, string>;
}

/** Asks through a reverse proxy, as the host `localhost`; HTTPS believes its own authority alone. */
export function through(door: Door, path: string, asked: Asked = {}): Promise<Answer> {
  const { by = 'https', headers = {} } = asked;
  const own = { host: '127.0.0.1', path, headers: { host: 'localhost', ...headers } };
  const options: RequestOptions = {
    ...own,
    port: door[by],
    timeout: ANSWER_WITHIN_MS,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sent =
      by === 'https'
        ? askHttps({ ...options, ca: readFileSync(door.authority), servername: 'localhost' })
        : askHttp(options);
    sent.once('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
      response.once('error', reject);
    });
    sent.once('timeout', () => sent.destroy(new Error(`no answer within ${ANSWER_WITHIN_MS} ms`)));
    sent.once('error', reject).end();
  });
}

/** The version of TLS that a handshake agrees on, or why it does not. */
export function handshake(door: Door, options: ConnectionOptions): Promise<string> {
  return new Promise((resolve) => {
    const ca = readFileSync(door.authority);
    const own = { host: '127.0.0.1', port: door.https, servername: 'localhost', ca };
    const socket = connect({ ...own, ...options }, () => {
      resolve(socket.getProtocol() ?? 'none');
      socket.destroy();
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
