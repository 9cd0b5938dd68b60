import type { MessageContext } from '@courtside/transport';
import { metadataKeys } from '../bus/metadata.js';

/** What a message was caused by, as far as it says so. */
export interface Cause {
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
}

type Told = Pick<MessageContext, 'isEvent' | 'metadata' | 'body'>;

/**
 * A request says in its metadata what it was caused by, an event in its envelope: there it is kept as
 * long as the event, and is not said twice for each of a million that wait.
 */
export function causeOf({ isEvent, metadata, body }: Told): Cause {
  const requestId = metadata[metadataKeys.requestId];
  const traceparent = metadata[metadataKeys.traceparent];
  if (!isEvent || requestId || traceparent) return { requestId, traceparent };
  const envelope = JSON.parse(body) as { correlationid?: unknown; traceparent?: unknown } | null;
  return { requestId: text(envelope?.correlationid), traceparent: text(envelope?.traceparent) };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
