/** A message that this replica took, once it is done with it. */
export interface HandledMessage {
  readonly kind: 'request' | 'event';
  /** The pattern or topic; `unknown` when there is no handler for it, so that names stay few. */
  readonly pattern: string;
  readonly outcome:
    /** Answered, or handled. */
    | 'done'
    /** The handler of a request refused or failed. */
    | 'refused'
    /** The transport answered in its place. */
    | 'faulted'
    /** Nobody waited for it any more. */
    | 'dropped'
    /** An event that is to be handled again. */
    | 'retried'
    /** It became a dead letter. */
    | 'dead';
  readonly priority: 'high' | 'normal';
  /** Which run this was, from 1. */
  readonly attempt: number;
  /** It was taken over from a replica that died. */
  readonly isTakenOver: boolean;
  /** From when it was taken in hand. */
  readonly handlerMs: number;
  /** From when it was queued, by the broker's clock. */
  readonly sinceQueuedMs: number;
}

/** A request of this client that ended. */
export interface EndedRequest {
  readonly target: string;
  readonly pattern: string;
  /** `value`, `refusal`, or the code of the `TransportError`. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** An event that this client emitted. */
export interface EndedEvent {
  readonly topic: string;
  /** `confirmed`, `scheduled` when the broker keeps it for later, or the code of the `TransportError`. */
  readonly outcome: string;
  readonly durationMs: number;
}

/** One call of the broker. */
export interface Batch {
  readonly call: 'enqueue' | 'emit' | 'schedule' | 'read' | 'finish';
  readonly messages: number;
}

/**
 * Hears what happens in a client or server, to count it. Calls come on the hot path: they must be
 * quick and not throw. One may be given to several.
 */
export interface TransportObserver {
  handled?(message: HandledMessage): void;
  requested?(request: EndedRequest): void;
  emitted?(event: EndedEvent): void;
  batched?(batch: Batch): void;
}
