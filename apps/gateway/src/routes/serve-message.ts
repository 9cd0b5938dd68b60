import { Problem, type Access } from '@courtside/contracts';
import { accessProblem } from '@courtside/identity';
import { anonymous, metadataKeys, type Bus, type Metadata } from '@courtside/service';
import { JSON_TYPE, type Answer } from '../http/answer.js';
import type { Exchange } from '../http/exchange.js';
import { readJsonBody } from '../http/read-body.js';
import { inputOf } from './input-plan.js';
import { filledIn, type ResponsePlan } from './response-plan.js';
import type { MessageTarget, Need, Route } from './route.js';

/** Visible ASCII, as long as a stored key may be. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

/** Answers by a message over the bus. */
export function serveMessage(
  route: Route,
  { message, input: plan, response }: MessageTarget,
  bus: Bus,
): (exchange: Exchange) => Promise<Answer> {
  const { access } = message;
  const dependsOnInput = access.by === 'permission' && access.orSelf !== undefined;
  const readMetadata = metadataReader(route);
  // A client that goes away ends a read; a write that has begun is finished, so that repeating it
  // with the same key finds what the first one did.
  const isCancelled = message.effect === 'none';
  const write = answerWriter(route, response);
  return async (exchange) => {
    if (!dependsOnInput) checkAccess(access, exchange, undefined);
    const metadata = readMetadata?.(exchange);
    const { params, queryText } = exchange.matched;
    const body = plan.takesBody
      ? await readJsonBody(exchange.request, route.bodyBytesMax)
      : undefined;
    const input = inputOf(plan, { params, queryText, body, user: exchange.user });
    if (dependsOnInput) checkAccess(access, exchange, input);
    const text = await bus.requestText(message, input, {
      deadlineMs: route.timeoutMs,
      ...(metadata && { metadata }),
      ...(isCancelled && { signal: exchange.signal }),
    });
    return write(text, exchange);
  };
}

function checkAccess(access: Access, { user }: Exchange, input: unknown): void {
  const problem = accessProblem(access, { identity: user ?? anonymous, caller: 'gateway' }, input);
  if (problem) throw problem;
}

/** What travels beside the input: the client's key of a write, and the version it has seen. */
function metadataReader(route: Route): ((exchange: Exchange) => Metadata | undefined) | undefined {
  if (route.method === 'GET') return undefined;
  const { idempotency, precondition } = route;
  return (exchange) => {
    const key = exchange.header('idempotency-key');
    const ifMatch = exchange.header('if-match');
    demand('Idempotency-Key', idempotency, key);
    demand('If-Match', precondition, ifMatch);
    if (key !== undefined && !IDEMPOTENCY_KEY.test(key)) {
      throw new Problem('idempotency.key-invalid');
    }
    if (key === undefined && ifMatch === undefined) return undefined;
    return {
      ...(key !== undefined && { [metadataKeys.idempotencyKey]: key }),
      ...(ifMatch !== undefined && { [metadataKeys.ifMatch]: ifMatch }),
    };
  };
}

function demand(name: string, need: Need | undefined, value: string | undefined): void {
  if (need !== 'required' || value !== undefined) return;
  throw new Problem('request.precondition-required', `send the header ${name}`);
}

/** Turns the JSON text of a service into an answer; it is parsed only where something needs it. */
function answerWriter(
  route: Route,
  plan: ResponsePlan,
): (text: string, exchange: Exchange) => Answer {
  const { status, location, etag, reshape } = plan;
  const isPublicRead = route.method === 'GET' && route.auth === 'none';
  const headers = {
    ...(status !== 204 && { 'content-type': JSON_TYPE }),
    'cache-control': isPublicRead ? 'no-cache' : 'no-store',
    ...plan.headers,
  };
  if (!location && !etag && !reshape) {
    return (text) => ({ status, headers, body: status === 204 ? undefined : text });
  }
  return (text, exchange) => {
    const value: unknown = JSON.parse(text);
    const tag = etag && `"${String((value as Record<string, unknown>)[etag])}"`;
    const all = {
      ...headers,
      ...(location && { location: filledIn(location, value) }),
      ...(tag && { etag: tag }),
    };
    if (tag && route.method === 'GET' && exchange.header('if-none-match') === tag) {
      return { status: 304, headers: all, body: undefined };
    }
    return { status, headers: all, body: reshape ? JSON.stringify(reshape(value)) : text };
  };
}
