import type { Socket } from 'node:net';
import { Problem } from '@courtside/contracts';
import { newId } from '@courtside/service';
import type { Answer } from './answer.js';
import { problemAnswer } from './problem-answer.js';
import { securityHeaders } from './security-headers.js';

/**
 * Answers what Node's parser refused before there was a request: broken syntax, too many headers, a
 * client that never finished. Then the connection ends, since where the next request would begin
 * is not known.
 */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    return;
  }
  const isLong = error.code === 'HPE_HEADER_OVERFLOW';
  const problem = isLong
    ? new Problem('request.headers-too-large')
    : new Problem('request.invalid', 'the request is not HTTP/1.1 as RFC 9112 says it');
  const correlationId = newId();
  const answer = problemAnswer(problem, { instance: '/', correlationId });
  socket.end(rawText(answer, { 'x-request-id': correlationId, connection: 'close' }));
}

function rawText(answer: Answer, more: Record<string, string>): string {
  const body = String(answer.body);
  const headers = {
    ...securityHeaders,
    ...answer.headers,
    ...more,
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
  const phrase = answer.status === 431 ? 'Request Header Fields Too Large' : 'Bad Request';
  return [`HTTP/1.1 ${answer.status} ${phrase}`, ...lines, '', body].join('\r\n');
}
