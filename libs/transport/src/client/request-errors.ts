import { TransportError, retryAfterMs } from '../errors.js';

/** A request as far as a sentence about it goes. */
interface Asked {
  readonly target: string;
  readonly pattern: string;
}

export function disconnected(message: string, cause?: unknown): TransportError {
  return new TransportError('DISCONNECTED', message, { cause });
}

export function late({ pattern }: Asked, what: string): TransportError {
  return new TransportError('DEADLINE_EXCEEDED', `the deadline of '${pattern}' ${what}`);
}

export function noConsumer({ target, pattern }: Asked): TransportError {
  const message = `no replica of '${target}' is alive to answer '${pattern}': start it, then retry`;
  return new TransportError('NO_CONSUMER', message, { retryAfterMs });
}

export function overloaded({ target }: Asked, queueMax: number): TransportError {
  const message = `queue '${target}' is full (${queueMax} waiting): retry after ${retryAfterMs} ms`;
  return new TransportError('OVERLOADED', message, { retryAfterMs });
}

export function busy(pendingMax: number): TransportError {
  const message = `${pendingMax} requests of this client are unanswered: retry after ${retryAfterMs} ms`;
  return new TransportError('OVERLOADED', message, { retryAfterMs });
}

export function tooManyWait(topic: string, max: number): TransportError {
  const message = `${max} events wait for their time on '${topic}': call some off, or emit it later`;
  return new TransportError('OVERLOADED', message, { retryAfterMs });
}

export function undecodable({ pattern }: Asked, cause: unknown): TransportError {
  const message = `the reply to '${pattern}' cannot be decoded`;
  return new TransportError('UNKNOWN_OUTCOME', message, { cause });
}

export function keyReused({ pattern }: Asked): TransportError {
  const message = `the idempotency key of '${pattern}' was used with another payload: take a new one`;
  return new TransportError('KEY_REUSED', message);
}

export function forgotten({ pattern }: Asked): TransportError {
  const message = `the broker lost '${pattern}', which may have run: look before you retry`;
  return new TransportError('UNKNOWN_OUTCOME', message);
}
