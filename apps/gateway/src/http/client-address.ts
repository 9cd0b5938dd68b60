import type { IncomingMessage } from 'node:http';

/**
 * The address of the client: the one that the outermost trusted proxy saw. Each proxy in front
 * appends who asked it to `X-Forwarded-For`, so only the last `trustedHops` entries can be believed;
 * what stands before them was written by the client itself.
 */
export function clientAddress(request: IncomingMessage, trustedHops: number): string {
  const peer = request.socket.remoteAddress ?? '';
  return counted(request.headers['x-forwarded-for'], trustedHops) ?? peer;
}

/**
 * How the client came to the outermost trusted proxy; undefined where none is trusted, or none of them
 * says it. A proxy that appends to `X-Forwarded-Proto` and one that replaces it are read alike.
 */
export function clientScheme(
  request: IncomingMessage,
  trustedHops: number,
): 'http' | 'https' | undefined {
  const scheme = counted(request.headers['x-forwarded-proto'], trustedHops)?.toLowerCase();
  return scheme === 'http' || scheme === 'https' ? scheme : undefined;
}

/** The entry of the outermost trusted proxy in a header to which each one appends. */
function counted(
  header: string | readonly string[] | undefined,
  trustedHops: number,
): string | undefined {
  if (trustedHops === 0 || header === undefined) return undefined;
  const chain = [header]
    .flat()
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return chain[Math.max(chain.length - trustedHops, 0)];
}
