import { Problem } from '@courtside/contracts';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-error.js';
import { pathOf } from './exchange.js';
import { problemAnswer } from './problem-answer.js';
import { requestIdFrom } from './request-id.js';
import { writeAnswer } from './write-answer.js';

/** A client that sends its headers or body slower than this is cut off, milliseconds. */
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 30_000;
/** An idle connection is kept longer than by the proxies in front, so that they close first. */
const KEEP_ALIVE_MS = 72_000;
/** Beyond any real part of a path: the router of the route table decides. */
const PARAM_LENGTH_MAX = 65_536;

/**
 * Fastify as the gateway needs it: what Nest would add for controllers (body parsers, error and
 * not-found answers, middleware) stays out, since the route table answers everything.
 */
export class GatewayAdapter extends FastifyAdapter {
  constructor() {
    super({
      logger: false,
      skipMiddie: true,
      return503OnClosing: false,
      exposeHeadRoutes: false,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      http: { headersTimeout: HEADERS_WITHIN_MS },
      clientErrorHandler: answerClientError,
      frameworkErrors: answerUnreadable,
      routerOptions: {
        maxParamLength: PARAM_LENGTH_MAX,
        querystringParser: () => ({}),
      },
    });
  }

  override registerParserMiddleware(): void {}

  override setErrorHandler(): never {
    return undefined as never;
  }

  override setNotFoundHandler(): never {
    return undefined as never;
  }
}

/** What Fastify's own router cannot read never reaches the catch-all. */
function answerUnreadable(_error: Error, { raw }: FastifyRequest, reply: FastifyReply): void {
  const correlationId = requestIdFrom(raw.headers['x-request-id']);
  const problem = new Problem('request.invalid', 'the path is not percent-encoded UTF-8');
  const about = { instance: pathOf(raw.url ?? '/'), correlationId };
  reply.hijack();
  writeAnswer(reply.raw, problemAnswer(problem, about), correlationId);
}
