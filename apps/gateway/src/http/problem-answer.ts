import { kindStatus, Problem, problems, type ProblemCode } from '@courtside/contracts';
import type { Answer } from './answer.js';

interface About {
  readonly instance: string;
  readonly correlationId: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A problem as HTTP tells it (RFC 9457). */
export function problemAnswer(
  problem: Problem,
  { instance, correlationId, headers }: About,
): Answer {
  const { code, detail, errors, retryAfter } = problem;
  const { title } = problems[code];
  const { status } = problem;
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      ...(status === 401 && { 'www-authenticate': challenge(code) }),
      ...(retryAfter !== undefined && { 'retry-after': String(Math.ceil(retryAfter)) }),
      ...headers,
    },
    body: JSON.stringify({
      type: `/problems/${code}`,
      title,
      status,
      detail,
      instance,
      code,
      correlationId,
      ...(errors && { errors }),
    }),
  };
}

/** How to ask again with a token (RFC 6750). */
const challenge = (code: ProblemCode): string =>
  code === 'auth.token-invalid'
    ? 'Bearer realm="courtside", error="invalid_token"'
    : 'Bearer realm="courtside"';

const byStatus = new Map<number, ProblemCode>([
  [kindStatus['too-large'], 'request.too-large'],
  [kindStatus['unsupported-media-type'], 'request.media-type'],
  [kindStatus['headers-too-large'], 'request.headers-too-large'],
  [414, 'request.headers-too-large'],
]);

/**
 * The problem behind an error that Fastify or Node found before any route was asked. Their texts
 * name their own parts and are never passed on.
 */
export function problemOfHttp(error: unknown): Problem | undefined {
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined;
  return new Problem(byStatus.get(statusCode) ?? 'request.invalid', undefined, { cause: error });
}
