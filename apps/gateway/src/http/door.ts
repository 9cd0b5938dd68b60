import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '@courtside/contracts';
import { inRequest, LOGGER, problemOf, type Logger, type RequestContext } from '@courtside/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { deprecationHeaders } from '../routes/deprecation.js';
import { LiveTable } from '../routes/live-table.js';
import type { Found } from '../routes/routing-table.js';
import type { Answer } from './answer.js';
import { edgeContext } from './edge-context.js';
import { Exchange, pathOf } from './exchange.js';
import { HttpsOnly } from './https-only.js';
import { requestDuration } from './metrics.js';
import { problemAnswer, problemOfHttp } from './problem-answer.js';

/** Longer request targets are refused, characters. */
const URL_LENGTH_MAX = 8_192;

/**
 * The one HTTP door: a catch-all on Fastify that asks the current route table, runs the closure of
 * the route inside the request's context, and sends what it answers.
 */
@Injectable()
export class Door implements OnModuleInit {
  private readonly duration = requestDuration();

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly live: LiveTable,
    private readonly https: HttpsOnly,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    const handle = (request: FastifyRequest, reply: FastifyReply): void => {
      reply.hijack();
      this.open(request.raw, reply.raw);
    };
    const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => {
      reply.hijack();
      this.open(request.raw, reply.raw, error);
    };
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
    fastify.setNotFoundHandler(handle);
    fastify.setErrorHandler(fail);
    fastify.all('/*', handle);
  }

  /** Answers one request; `error` is what Fastify already found wrong with it. */
  private open(request: IncomingMessage, response: ServerResponse, error?: unknown): void {
    const started = performance.now();
    const { method = 'GET', url = '/', headers } = request;
    const found = error === undefined ? this.find(method, url) : undefined;
    const route = found?.kind === 'route' ? found.served.route : undefined;
    const context = edgeContext(headers, route?.timeoutMs);
    void inRequest(context, async () => {
      const answer = announced(
        await this.answer({ request, response, context, found, error }),
        found,
      );
      this.https.send(request, response, answer, context.requestId);
      const ms = performance.now() - started;
      const name = route?.path.text ?? 'none';
      const { status } = answer;
      this.duration.observe({ route: name, method, status }, ms / 1_000);
      this.logger.info({ method, route: name, status, ms }, 'answered a request');
    });
  }

  private find(method: string, url: string): Found | undefined {
    return url.length > URL_LENGTH_MAX ? undefined : this.live.table.find(method, url);
  }

  private async answer(asked: Asked): Promise<Answer> {
    const { request, response, context, found, error } = asked;
    const about = { instance: pathOf(request.url ?? '/'), correlationId: context.requestId };
    try {
      if (error !== undefined) throw problemOfHttp(error) ?? error;
      if (!found) throw new Problem('request.headers-too-large', 'the URL is too long');
      const elsewhere = this.https.elsewhere(request);
      if (elsewhere) return elsewhere;
      if (found.kind === 'unreadable') {
        throw new Problem('request.invalid', 'the path is not percent-encoded UTF-8');
      }
      if (found.kind === 'nothing') throw new Problem('request.route-unknown');
      if (found.kind === 'other-methods') return otherMethod(request.method, found.allow, about);
      const { served } = found;
      return await served.serve(new Exchange(request, response, context, served.route, found));
    } catch (reason) {
      return problemAnswer(this.problemFrom(reason), about);
    }
  }

  private problemFrom(reason: unknown): Problem {
    const problem = problemOf(reason);
    if (problem && problem.code !== 'access.unproven') return problem;
    this.logger.error({ err: reason }, 'a request failed');
    return new Problem('service.internal');
  }
}

/** Whatever a deprecated route answers says that it is one, refusals included. */
function announced(answer: Answer, found: Found | undefined): Answer {
  if (found?.kind !== 'route' || !found.served.route.deprecation) return answer;
  const own = deprecationHeaders(found.served.route.deprecation, found.params);
  const link = [answer.headers['link'] ?? [], own['link'] ?? []].flat().join(', ');
  return { ...answer, headers: { ...answer.headers, ...own, link } };
}

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly context: RequestContext;
  readonly found: Found | undefined;
  readonly error: unknown;
}

function otherMethod(
  method: string | undefined,
  allow: string,
  about: { instance: string; correlationId: string },
): Answer {
  if (method === 'OPTIONS') return { status: 204, headers: { allow }, body: undefined };
  const problem = new Problem('request.method', `this path takes ${allow}`);
  return problemAnswer(problem, { ...about, headers: { allow } });
}
