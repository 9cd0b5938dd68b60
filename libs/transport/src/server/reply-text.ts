import { RpcException } from '@nestjs/microservices';
import { TransportError } from '../errors.js';
import { encodePayload, isTooLarge, tooLarge } from '../wire/payload.js';
import { encodeReply } from '../wire/reply-frame.js';

/** What a caller learns of a fault that was not meant for it. */
const internalError = { status: 'error', message: 'Internal server error' };

/** The reply for a handler's value. */
export function valueReply(id: string, value: unknown, bytesMax: number): string {
  if (value === undefined) return encodeReply({ id, kind: 'C', body: '' });
  return sized(id, 'V', value, bytesMax);
}

/** The reply for a value that is not the last. */
export function partReply(id: string, value: unknown, bytesMax: number): string {
  return sized(id, 'N', value, bytesMax);
}

/** A handler ran, and its caller gets a fault of the transport in place of its answer. */
export class InsteadOfReply extends Error {
  readonly fault: TransportError;

  constructor(fault: TransportError) {
    super(fault.message);
    this.fault = fault;
  }
}

/** The reply for what a handler threw: exposed errors as they are, everything else opaque. */
export function errorReply(id: string, error: unknown, bytesMax: number): string {
  if (error instanceof InsteadOfReply) return faultReply(id, error.fault);
  const exposed = error instanceof RpcException ? error.getError() : error;
  return sized(id, 'E', exposed instanceof Error ? internalError : exposed, bytesMax);
}

/** The reply for an error that was not meant for the caller. */
export function internalErrorReply(id: string): string {
  return encodeReply({ id, kind: 'E', body: JSON.stringify(internalError) });
}

/** The reply for a fault of the transport. */
export function faultReply(id: string, fault: TransportError): string {
  const { code, message, retryAfterMs, issues } = fault;
  return encodeReply({
    id,
    kind: 'T',
    body: JSON.stringify({ code, message, retryAfterMs, issues }),
  });
}

function sized(id: string, kind: 'V' | 'N' | 'E', value: unknown, bytesMax: number): string {
  try {
    const body = encodePayload(value);
    if (!isTooLarge(body, bytesMax)) return encodeReply({ id, kind, body });
    return faultReply(id, tooLarge('the reply', bytesMax));
  } catch {
    // A value that JSON cannot hold (a cycle, a bigint) is a fault of the handler.
    return internalErrorReply(id);
  }
}
