import {
  RemoteError,
  TransportError,
  type PayloadIssue,
  type TransportErrorCode,
} from '../errors.js';
import type { Reply } from '../wire/reply-frame.js';

/** The JSON value of a reply that carries one. */
export function valueOf({ body }: Reply): unknown {
  return body === '' ? undefined : JSON.parse(body);
}

/** The JSON text of a reply that carries a value. */
export function bodyOf({ body }: Reply): string {
  return body;
}

/** The error a reply of kind `T` stands for. */
export function faultOf({ body }: Reply): TransportError {
  const { code, message, retryAfterMs, issues } = JSON.parse(body) as {
    code: TransportErrorCode;
    message: string;
    retryAfterMs?: number;
    issues?: readonly PayloadIssue[];
  };
  return new TransportError(code, message, { retryAfterMs, issues });
}

/** The error a failed reply stands for, or `undefined` when it did not fail. */
export function errorOf(reply: Reply): RemoteError | TransportError | undefined {
  if (reply.kind === 'E') return new RemoteError(valueOf(reply));
  return reply.kind === 'T' ? faultOf(reply) : undefined;
}
