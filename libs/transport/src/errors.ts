/** Everything that can go wrong between two services, as opposed to inside a handler. */
export type TransportErrorCode =
  /** No replica of the target is alive: nothing was queued. */
  | 'NO_CONSUMER'
  /** No answer came in time. The work may or may not have been done. */
  | 'DEADLINE_EXCEEDED'
  /** A queue, this client or the broker is full: nothing was queued. Wait `retryAfterMs`. */
  | 'OVERLOADED'
  /** The message or the reply is larger than the limit. */
  | 'PAYLOAD_TOO_LARGE'
  /** The request or event does not fit its schema: nothing was done. `issues` says where. */
  | 'INVALID_PAYLOAD'
  /** It was done, and the reply does not fit its schema. */
  | 'INVALID_REPLY'
  /** The payload lay apart and was gone before it was read: nothing was done. */
  | 'PAYLOAD_LOST'
  /** The broker could not be reached, or this client is closed. */
  | 'DISCONNECTED'
  /** The broker's access list does not allow it: nothing was done, and trying again will not help. */
  | 'DENIED'
  /** The target is alive and has no handler for this pattern. */
  | 'UNKNOWN_PATTERN'
  /** The caller called it off. */
  | 'CANCELLED'
  /** The idempotency key was used before, with another payload. */
  | 'KEY_REUSED'
  /** A replica died over a request that must not run twice: it may or may not have been done. */
  | 'UNKNOWN_OUTCOME';

/** What a caller is told to wait before it asks again, where nobody knows better, milliseconds. */
export const retryAfterMs = 1_000;

/** What does not fit a schema, and where. */
export interface PayloadIssue {
  /** JSON Pointer (RFC 6901); empty: all of it. */
  readonly path: string;
  /** What is wrong, as the schema says it. */
  readonly message: string;
}

/** A failure of delivery. `code` says which; the message says what and the way out. */
export class TransportError extends Error {
  /** What class it is of, also where two copies of the library are loaded. */
  override readonly name = 'TransportError';
  /** Which failure. New ones come in minor releases: a `switch` needs a default. */
  readonly code: TransportErrorCode;
  /** How long to wait before it is of use to try again, where that is known. */
  readonly retryAfterMs: number | undefined;
  /** Of a payload that does not fit its schema. */
  readonly issues: readonly PayloadIssue[] | undefined;

  constructor(
    code: TransportErrorCode,
    message: string,
    options: {
      retryAfterMs?: number | undefined;
      issues?: readonly PayloadIssue[] | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.issues = options.issues;
  }
}

/** What a remote handler refused with: `error` is the plain JSON it exposed. */
export class RemoteError extends Error {
  /** What class it is of, also where two copies of the library are loaded. */
  override readonly name = 'RemoteError';
  /** What `RpcException.getError()` was, or Nest's words for an error nobody meant to show. */
  readonly error: unknown;

  constructor(error: unknown) {
    super(describe(error));
    this.error = error;
  }
}

function describe(error: unknown): string {
  if (typeof error === 'string') return error;
  if (typeof error === 'object' && error !== null && 'message' in error) {
    return String(error.message);
  }
  return 'the remote handler refused the message';
}
