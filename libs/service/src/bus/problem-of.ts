import { Problem } from '@courtside/contracts';
import { RemoteError, TransportError } from '@courtside/transport';

/** Seconds after which a client may try again when a service cannot be reached. */
const RETRY_AFTER_SECONDS = 2;

/** Nobody can be reached for now. */
export const unavailable = (cause: unknown): Problem =>
  new Problem('service.unavailable', undefined, { retryAfter: RETRY_AFTER_SECONDS, cause });

/** Whether somebody was waited for in vain: who is asked may have done it or not. */
export const isLate = (error: unknown): boolean =>
  error instanceof TransportError && ['DEADLINE_EXCEEDED', 'UNKNOWN_OUTCOME'].includes(error.code);

/**
 * The problem that a failed call amounts to for whoever asked. What is none of ours stays
 * undefined: it is a fault to be logged, not an answer.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof RemoteError) {
    return (
      Problem.from(error.error) ?? new Problem('service.internal', undefined, { cause: error })
    );
  }
  if (error instanceof TransportError) return problemOfTransport(error);
  return undefined;
}

function problemOfTransport(error: TransportError): Problem {
  const seconds = error.retryAfterMs ? Math.ceil(error.retryAfterMs / 1_000) : RETRY_AFTER_SECONDS;
  const options = { retryAfter: seconds, cause: error };
  switch (error.code) {
    case 'DEADLINE_EXCEEDED':
    case 'CANCELLED':
    case 'UNKNOWN_OUTCOME':
      return new Problem('service.late', undefined, options);
    case 'OVERLOADED':
      return new Problem('service.overloaded', undefined, options);
    case 'DENIED':
    case 'INVALID_PAYLOAD':
    case 'INVALID_REPLY':
      // Trying again cannot help, and the client has nothing to mend.
      return new Problem('service.internal', undefined, { cause: error });
    case 'PAYLOAD_TOO_LARGE':
      return new Problem('request.too-large', error.message, { cause: error });
    default:
      return new Problem('service.unavailable', undefined, options);
  }
}
