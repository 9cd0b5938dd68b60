import type { BrokerPort } from '../broker/port.js';
import type { Priority } from '../broker/queue.js';
import type { TransportObserver } from '../observer.js';
import type { Schemas } from '../schema/standard-schema.js';
import type { DueOptions } from '../protocol/due-time.js';
import { ownerOf } from '../protocol/owner.js';
import type { Time } from '../protocol/time.js';
import type { Effect, Metadata } from '../wire/header.js';

/** What a client is made with. */
export interface TransportClientOptions {
  /** Connected by the client when it is first needed. Closed by it only where `ownsBroker` says so. */
  readonly broker: BrokerPort;
  /** The name of the service this client speaks for. */
  readonly service: string;
  /** Unique per process; unguessable unless given. */
  readonly instance?: string;
  /** Which service answers a pattern. Default: the text before its first dot. */
  readonly target?: string | ((pattern: string) => string);
  /** For calls that name no deadline, milliseconds. Default: 5 s. */
  readonly deadlineMs?: number;
  /** Requests waiting at a target before it is called overloaded. Default: 10,000. */
  readonly queueMax?: number;
  /** Requests of this client under way before it refuses more. Default: 10,000. */
  readonly pendingMax?: number;
  /** Events that may wait for their time on a topic before it is called overloaded. Default: 100,000. */
  readonly scheduledMax?: number;
  /** Bytes of JSON that a message may have, in UTF-8. Default: 8 MiB. */
  readonly payloadBytesMax?: number;
  /** What does not fit is refused: requests and events before they are sent, replies when they come. */
  readonly schemas?: Schemas;
  /** Close the broker together with this client. */
  readonly ownsBroker?: boolean;
  /** Clock and timers, for simulations and specs. Default: those of the platform. */
  readonly time?: Time;
  /** Hears what this client does, to count it. */
  readonly observer?: TransportObserver;
}

/** What may be said of one request. */
export interface RequestOptions {
  /** The service that answers, where the pattern does not tell. */
  readonly target?: string;
  /** Milliseconds from now. Default: that of the client. */
  readonly deadlineMs?: number | undefined;
  /** Epoch milliseconds. The earlier of the two deadlines counts. */
  readonly deadline?: number;
  /** Text that travels beside the payload: trace, identity. */
  readonly metadata?: Metadata;
  /** Calls the request off: the caller gets `CANCELLED`, the handler's signal is aborted. */
  readonly signal?: AbortSignal;
  /** `high`: before those of normal priority, see `docs/priorities.md`. */
  readonly priority?: Priority;
  /** Whether it may run again after a crash. Absent means `once`: it may not. */
  readonly effect?: Effect;
  /**
   * Makes requests of this service with the same key, pattern and payload one: the first runs, each
   * other waits for that run or gets its reply from where it is kept. The same key with another
   * payload is refused with `KEY_REUSED`. Whoever has the key gets the reply without the handler
   * seeing who asks: put who asks into the key. It has 1 to 200 characters.
   */
  readonly idempotencyKey?: string;
  /** How long the reply is kept for its key, 1 s to 24 h in milliseconds. Default: ten minutes. */
  readonly keepReplyMs?: number;
  /**
   * Copies of the server that must have it before it counts as sent (Redis: `WAIT`), so that it is
   * not lost when one of them takes over. With fewer it fails with `DISCONNECTED` and may still run.
   */
  readonly copies?: number;
}

/** What may be said of one event. With a time it enters its topic then, see `docs/scheduled-events.md`. */
export interface EmitOptions extends DueOptions {
  /** As for a request: with fewer copies it fails with `DISCONNECTED` and may still arrive. */
  readonly copies?: number;
  /** Text that travels beside the payload: trace, identity. */
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
