import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import type { Answer } from './answer.js';
import { securityHeaders } from './security-headers.js';

/**
 * Sends an answer, once. Goes past Fastify's reply, whose hooks nothing here uses; therefore all
 * headers that every answer carries are set here.
 */
export function writeAnswer(response: ServerResponse, answer: Answer, requestId: string): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body } = answer;
  const headers: Record<string, string | readonly string[] | number> = {
    ...securityHeaders,
    ...answer.headers,
    'x-request-id': requestId,
  };
  const isEmpty = body === undefined || status === 204 || status === 304;
  if (isEmpty) {
    if (status !== 204 && status !== 304) headers['content-length'] = 0;
    response.writeHead(status, headers as Record<string, string>);
    response.end();
  } else if (typeof body === 'string' || Buffer.isBuffer(body)) {
    headers['content-length'] = Buffer.byteLength(body);
    response.writeHead(status, headers as Record<string, string>);
    response.end(body);
  } else {
    response.writeHead(status, headers as Record<string, string>);
    pipeline(body, response, () => undefined);
  }
}
