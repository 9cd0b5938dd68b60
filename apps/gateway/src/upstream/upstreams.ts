import { Problem } from '@courtside/contracts';
import { CONFIG } from '@courtside/service';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'undici';
import { upstreamUrls, type GatewayConfig } from '../config.js';
import type { Answer } from '../http/answer.js';
import { clientAddress } from '../http/client-address.js';
import type { Exchange } from '../http/exchange.js';
import { hasBody, tooLarge } from '../http/read-body.js';
import type { Route, UpstreamTarget } from '../routes/route.js';
import { forwardedHeaders, returnedHeaders } from './forwarded-headers.js';
import { limited } from './limited.js';
import type { UpstreamKey } from './upstream-keys.js';
import { pathAt } from './upstream-path.js';

/** Connections to one upstream at most; further requests wait for one. */
const CONNECTIONS_MAX = 128;
const CONNECT_WITHIN_MS = 1_000;
const RETRY_AFTER_SECONDS = 2;

/** The HTTP upstreams; what they answer streams through. */
@Injectable()
export class Upstreams implements OnApplicationShutdown {
  private readonly pools = new Map<UpstreamKey, Pool>();

  constructor(@Inject(CONFIG) private readonly config: GatewayConfig) {}

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.pools.values()].map((pool) => pool.close()));
  }

  /** What is missing to serve this route, as a sentence. */
  lackOf({ target, path }: Route): string | undefined {
    if (target.kind !== 'upstream' || this.config[target.key] !== undefined) return undefined;
    return `${target.key} is not set: the route ${path.text} needs this upstream`;
  }

  /** @throws Error when something is missing. */
  serve(route: Route, target: UpstreamTarget): (exchange: Exchange) => Promise<Answer> {
    const url = upstreamUrls(this.config)[target.key];
    if (url === undefined) throw new Error(this.lackOf(route));
    const pool = this.poolOf(target.key, url);
    const base = new URL(url).pathname.replace(/\/$/, '');
    return async (exchange) => {
      const path = base + pathAt(target.path, exchange);
      return this.ask(pool, path, exchange);
    };
  }

  private poolOf(key: UpstreamKey, url: string): Pool {
    let pool = this.pools.get(key);
    if (!pool) {
      pool = new Pool(new URL(url).origin, {
        connections: CONNECTIONS_MAX,
        connect: { timeout: CONNECT_WITHIN_MS },
      });
      this.pools.set(key, pool);
    }
    return pool;
  }

  private async ask(pool: Pool, path: string, exchange: Exchange): Promise<Answer> {
    const { request, route } = exchange;
    const { bodyBytesMax, timeoutMs } = route;
    if (Number(request.headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge(bodyBytesMax);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), timeoutMs);
    try {
      const answer = await pool.request({
        method: request.method as 'GET',
        path,
        headers: this.headersFor(exchange),
        body: hasBody(request) ? limited(request, bodyBytesMax) : null,
        signal: AbortSignal.any([exchange.signal, late.signal]),
        headersTimeout: 0,
        bodyTimeout: timeoutMs,
      });
      return {
        status: answer.statusCode,
        headers: returnedHeaders(answer.headers),
        body: answer.body,
      };
    } catch (error) {
      throw upstreamProblem(error, late.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }

  private headersFor(exchange: Exchange): Record<string, string | string[]> {
    const { request, context, user } = exchange;
    return {
      ...forwardedHeaders(request.headers),
      'x-forwarded-for': clientAddress(request, this.config.TRUSTED_HOPS),
      'x-request-id': context.requestId,
      traceparent: context.traceparent,
      ...(user && { 'request-user-id': user.userId }),
    };
  }
}

function upstreamProblem(error: unknown, isLate: boolean): Problem {
  if (error instanceof Problem) return error;
  const options = { cause: error, retryAfter: RETRY_AFTER_SECONDS };
  return isLate
    ? new Problem('service.late', undefined, options)
    : new Problem('service.unavailable', undefined, options);
}
