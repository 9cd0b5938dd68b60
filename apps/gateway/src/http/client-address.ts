import type { IncomingMessage } from 'node:http';

/**
 * The address of the client: the one that the outermost trusted proxy saw. Each proxy in front
 * appends who asked it to `X-Forwarded-For`, so only the last `trustedHops` entries can be believed;
 * what stands before them was written by the client itself.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const peer = request.socket.remoteAddress ?? '';
  if (trustedHops === 0) return peer;
  const header = request.headers['x-forwarded-for'];
  const text = Array.isArray(header) ? header.join(',') : (header ?? '');
  const chain = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return chain[Math.max(chain.length - trustedHops, 0)] ?? peer;
}
