import type { Backlog, BrokerPort } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { TransportObserver } from '../observer.js';
import { retryDefault, type RetryPolicy } from '../protocol/retry.js';
import { systemTime, type Time } from '../protocol/time.js';
import { payloadBytesMaxDefault } from '../wire/payload.js';
import type { MessageContext } from './message-context.js';
import type { Schemas } from './server-checks.js';

/** Wraps every call of a handler; `run` resolves when the work, streams included, is done. */
export type Around = (context: MessageContext, run: () => Promise<unknown>) => Promise<unknown>;

/** What a server is made with. */
export interface TransportServerOptions {
  /** Connected by `listen()`. Closed by the server only where `ownsBroker` says so. */
  readonly broker: BrokerPort;
  /** The name requests are sent to. */
  readonly service: string;
  /** The group for events; requests need it to be the service's name, its default. */
  readonly group?: string;
  /** Unique among the living replicas; unguessable unless given. */
  readonly consumer?: string;
  /** Handlers running at once. Default: 256. */
  readonly maxInFlight?: number;
  /** How long `close()` waits for running handlers, milliseconds. Default: 10 s. */
  readonly drainMs?: number;
  /** Wraps every call of a handler: a span, a log line, a context. */
  readonly around?: Around;
  /** For events whose handler throws. Default: five runs, after 1 s, 2 s, 4 s, 8 s, half of it random. */
  readonly retry?: Partial<RetryPolicy>;
  /** How often this replica says that it lives, milliseconds. Default: 1 s. */
  readonly heartbeatMs?: number;
  /** A replica silent for this long is dead, milliseconds; the same in all. Default: 3 s. */
  readonly deadAfterMs?: number;
  /** How long finished events stay readable for a service that boots for the first time. Default: 10 min. */
  readonly keepEventsMs?: number;
  /** Bytes of JSON that a reply may have, in UTF-8. Default: 8 MiB. */
  readonly payloadBytesMax?: number;
  /** Requests, events and replies that do not fit are refused before anybody gets them. */
  readonly schemas?: Schemas;
  /** Close the broker together with this server. */
  readonly ownsBroker?: boolean;
  /** Clock and timers, for simulations and specs. Default: those of the platform. */
  readonly time?: Time;
  /** What the jitter of retries is made of. */
  readonly random?: () => number;
  /** Hears what this server does, to count it. */
  readonly observer?: TransportObserver;
  /**
   * Called when events of a topic are gone that handlers of this replica with `broadcast: true` never
   * had: it was away for longer than events are kept, or the broker lost them.
   */
  readonly onBroadcastGap?: (topic: string) => void;
}

/** A queue of a server, and what is before it there. */
export interface QueueBacklog extends Backlog {
  /** Requests of the service, or events of a topic. */
  readonly queue: Queue;
}

export const serverDefaults = {
  maxInFlight: 256,
  drainMs: 10_000,
  heartbeatMs: 1_000,
  deadAfterMs: 3_000,
  keepEventsMs: 600_000,
};

/** What handlers are run with, of the options and where they say nothing. */
export function runningOf(options: TransportServerOptions) {
  return {
    broker: options.broker,
    time: options.time ?? systemTime,
    retry: { ...retryDefault, ...options.retry },
    payloadBytesMax: options.payloadBytesMax ?? payloadBytesMaxDefault,
    maxInFlight: options.maxInFlight ?? serverDefaults.maxInFlight,
    keepEventsMs: options.keepEventsMs ?? serverDefaults.keepEventsMs,
    observer: options.observer,
    ...(options.random && { random: options.random }),
  };
}
