import type { IncomingHttpHeaders } from 'node:http';

/** Belong to one connection, not to the message (RFC 9110, 7.6.1). */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Credentials of the platform: an upstream is told who asks, never handed the means to ask as them. */
const CREDENTIALS = new Set(['authorization', 'x-token', 'cookie', 'x-api-key']);

/** Decided by the gateway for each hop. */
const OWN = new Set([
  'host',
  'expect',
  'forwarded',
  'traceparent',
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
]);

/** Names by which services are told, or have ever been told, who asks. Compared with `_` as `-`. */
const IDENTITY =
  /^(x-)?(request-user|forwarded-user|auth-|authenticated-|remote-user|user(-|$)|userid)/;

/** Whether a header pretends to say who asks; only the gateway itself may. */
export const isIdentityHeader = (name: string): boolean =>
  IDENTITY.test(name.toLowerCase().replaceAll('_', '-'));

/** What of a client's headers goes on to an upstream. */
export function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = connectionNames(headers.connection);
  const forwarded: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || named.has(name) || isStripped(name)) continue;
    forwarded[name] = value;
  }
  return forwarded;
}

/** What of an upstream's headers goes on to the client. */
export function returnedHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | string[]> {
  const named = connectionNames(headers['connection']?.toString());
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => {
      const [name, value] = entry;
      const isOwn = name === 'server' || name === 'x-powered-by' || name === 'set-cookie';
      return value !== undefined && !isOwn && !HOP_BY_HOP.has(name) && !named.has(name);
    }),
  );
}

const isStripped = (name: string): boolean =>
  HOP_BY_HOP.has(name) || CREDENTIALS.has(name) || OWN.has(name) || isIdentityHeader(name);

/** `Connection` can name further headers that end at this hop. */
const connectionNames = (header = ''): ReadonlySet<string> =>
  new Set(header.split(',').map((name) => name.trim().toLowerCase()));
