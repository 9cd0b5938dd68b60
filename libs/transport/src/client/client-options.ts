import type { BrokerPort } from '../broker/port.js';
import type { TransportObserver } from '../observer.js';
import type { Schemas } from '../schema/standard-schema.js';
import { ownerOf } from '../protocol/owner.js';
import type { Time } from '../protocol/time.js';
import type { Effect, Metadata } from '../wire/header.js';

export interface TransportClientOptions {
  readonly broker: BrokerPort;
  /** The name of the service this client speaks for. */
  readonly service: string;
  /** Unique per process; unguessable unless given. */
  readonly instance?: string;
  /** Which service answers a pattern. Default: the text before its first dot. */
  readonly target?: string | ((pattern: string) => string);
  /** For calls that name no deadline. */
  readonly deadlineMs?: number;
  /** Requests waiting at a target before it is called overloaded. */
  readonly queueMax?: number;
  /** Requests of this client under way before it refuses more. */
  readonly pendingMax?: number;
  readonly payloadBytesMax?: number;
  /** What does not fit is refused: requests and events before they are sent, replies when they come. */
  readonly schemas?: Schemas;
  /** Close the broker together with this client. */
  readonly ownsBroker?: boolean;
  readonly time?: Time;
  /** Hears what this client does, to count it. */
  readonly observer?: TransportObserver;
}

export interface RequestOptions {
  /** The service that answers, where the pattern does not tell. */
  readonly target?: string;
  /** Milliseconds from now. */
  readonly deadlineMs?: number | undefined;
  /** Epoch milliseconds. The earlier of the two deadlines counts. */
  readonly deadline?: number;
  readonly metadata?: Metadata;
  /** Calls the request off: the caller gets `CANCELLED`, the handler's signal is aborted. */
  readonly signal?: AbortSignal;
  /** Whether it may run again after a crash. Absent means `once`: it may not. */
  readonly effect?: Effect;
  /**
   * Makes requests of this service with the same key, pattern and payload one: the first runs, each
   * other waits for that run or gets its reply from where it is kept. The same key with another
   * payload is refused with `KEY_REUSED`. Whoever has the key gets the reply without the handler
   * seeing who asks: put who asks into the key.
   */
  readonly idempotencyKey?: string;
  /** How long the reply is kept for its key. Default: ten minutes. */
  readonly keepReplyMs?: number;
  /**
   * Copies of the server that must have it before it counts as sent (Redis: `WAIT`), so that it is
   * not lost when one of them takes over. With fewer it fails with `DISCONNECTED` and may still run.
   */
  readonly copies?: number;
}

export interface EmitOptions {
  /** As for a request: with fewer copies it fails with `DISCONNECTED` and may still arrive. */
  readonly copies?: number;
  readonly metadata?: Metadata;
  /**
   * Each group handles the events of one topic and key one at a time, in the order in which they were
   * emitted: 1 to 200 characters, say the id of what the event is about.
   */
  readonly key?: string;
}

/** The service that answers a pattern, as far as the options of a client say. */
export function targetOf({ target }: TransportClientOptions, pattern: string): string {
  if (typeof target === 'string') return target;
  return target ? target(pattern) : ownerOf(pattern);
}
