import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '@courtside/contracts';
import { CONFIG } from '@courtside/service';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool, type Dispatcher } from 'undici';
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
/**
 * What only reads is sent again where the connection broke before anything was answered (RFC 9110,
 * 9.2.2): another pod may answer before the cluster knows of the one that died. Milliseconds.
 */
const REPEAT_AFTER_MS = [20, 40, 80, 160, 320] as const;

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
      const asked = {
        method: request.method as 'GET',
        path,
        headers: this.headersFor(exchange),
        body: hasBody(request) ? limited(request, bodyBytesMax) : null,
        signal: AbortSignal.any([exchange.signal, late.signal]),
        headersTimeout: 0,
        bodyTimeout: timeoutMs,
      };
      const answer = await answered(pool, asked);
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

type Asked = Dispatcher.RequestOptions & { readonly signal: AbortSignal };

async function answered(pool: Pool, asked: Asked): Promise<Dispatcher.ResponseData> {
  const mayRepeat = asked.body === null && (asked.method === 'GET' || asked.method === 'HEAD');
  for (const pauseMs of mayRepeat ? REPEAT_AFTER_MS : []) {
    try {
      return await pool.request(asked);
    } catch (error) {
      if (asked.signal.aborted || !isBroken(error)) throw error;
      await pause(pauseMs, undefined, { signal: asked.signal }).catch(() => {
        throw error;
      });
    }
  }
  return pool.request(asked);
}

const BROKEN = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH'],
  ...['UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'],
]);

/** Whether there was no connection, or it broke: an upstream that is slow is not asked again. */
function isBroken(error: unknown): boolean {
  const { code = '' } = error as NodeJS.ErrnoException;
  return BROKEN.has(code);
}

function upstreamProblem(error: unknown, isLate: boolean): Problem {
  if (error instanceof Problem) return error;
  const options = { cause: error, retryAfter: RETRY_AFTER_SECONDS };
  return isLate && !isBroken(error)
    ? new Problem('service.late', undefined, options)
    : new Problem('service.unavailable', undefined, options);
}
