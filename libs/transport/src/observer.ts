/** A message that this replica took, once it is done with it. */
export interface HandledMessage {
  /** Whether somebody waits for a reply. */
  readonly kind: 'request' | 'event';
  /** The pattern or topic; `unknown` when there is no handler for it, so that names stay few. */
  readonly pattern: string;
  /** How the run ended. */
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
  /** Which of the service's queues it came from; events are normal. */
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
  /** The service that was asked. */
  readonly target: string;
  /** What it was asked. */
  readonly pattern: string;
  /** `value`, `refusal`, or the code of the `TransportError`. */
  readonly outcome: string;
  /** From the call to its end. */
  readonly durationMs: number;
}

/** An event that this client emitted. */
export interface EndedEvent {
  /** What it was told on. */
  readonly topic: string;
  /** `confirmed`, `scheduled` when the broker keeps it for later, or the code of the `TransportError`. */
  readonly outcome: string;
  /** From the call until the broker had it. */
  readonly durationMs: number;
}

/** One call of the broker. */
export interface Batch {
  /** Which of the port's methods. */
  readonly call: 'enqueue' | 'emit' | 'schedule' | 'read' | 'finish';
  /** How many messages went in it. */
  readonly messages: number;
}

/**
 * Hears what happens in a client or server, to count it. Calls come on the hot path: they must be
 * quick and not throw. One may be given to several.
 */
export interface TransportObserver {
  /** A server is done with a run. */
  handled?(message: HandledMessage): void;
  /** A request of a client ended. */
  requested?(request: EndedRequest): void;
  /** An event of a client was taken by the broker, or was not. */
  emitted?(event: EndedEvent): void;
  /** The broker answered a call. */
  batched?(batch: Batch): void;
}
