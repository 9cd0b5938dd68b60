import {
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
  type ReadPacket,
} from '@nestjs/microservices';
import type {
  Backlog,
  BrokerHealth,
  BrokerPort,
  BrokerStatus,
  Queue,
  Unsubscribe,
} from '../broker/port.js';
import { isObservable } from 'rxjs';
import type { TransportObserver } from '../observer.js';
import { idSource } from '../protocol/ids.js';
import { retryDefault, type RetryPolicy } from '../protocol/retry.js';
import { systemTime, type Time } from '../protocol/time.js';
import { cancelChannel } from '../wire/cancel.js';
import { payloadBytesMaxDefault } from '../wire/payload.js';
import { ConsumerLoop } from './consumer-loop.js';
import { EventHandlers } from './event-handlers.js';
import { settle } from './handler-run.js';
import type { MessageContext } from './message-context.js';
import { MessageRunner } from './message-runner.js';
import { ServerChecks, type Handler, type Schemas } from './server-checks.js';

/** Wraps every call of a handler; `run` resolves when the work, streams included, is done. */
export type Around = (context: MessageContext, run: () => Promise<unknown>) => Promise<unknown>;

export interface TransportServerOptions {
  readonly broker: BrokerPort;
  /** The name requests are sent to. */
  readonly service: string;
  /** The group for events; requests need it to be the service's name, its default. */
  readonly group?: string;
  /** Unique among the living replicas; unguessable unless given. */
  readonly consumer?: string;
  /** Handlers running at once. */
  readonly maxInFlight?: number;
  /** How long `close()` waits for running handlers. */
  readonly drainMs?: number;
  readonly around?: Around;
  readonly retry?: Partial<RetryPolicy>;
  readonly heartbeatMs?: number;
  /** A replica silent for this long is dead. */
  readonly deadAfterMs?: number;
  /** How long finished events stay readable for a service that boots for the first time. */
  readonly keepEventsMs?: number;
  readonly payloadBytesMax?: number;
  /** Requests, events and replies that do not fit are refused before anybody gets them. */
  readonly schemas?: Schemas;
  /** Close the broker together with this server. */
  readonly ownsBroker?: boolean;
  readonly time?: Time;
  /** What the jitter of retries is made of. */
  readonly random?: () => number;
  /** Hears what this server does, to count it. */
  readonly observer?: TransportObserver;
}

/** A queue of a server, and what is before it there. */
export interface QueueBacklog extends Backlog {
  readonly queue: Queue;
}

/** For `@MessagePattern(…, TRANSPORT)` in an app that listens on several transports. */
export const TRANSPORT: unique symbol = Symbol.for('courtside.transport');

const defaults = {
  maxInFlight: 256,
  drainMs: 10_000,
  heartbeatMs: 1_000,
  deadAfterMs: 3_000,
  keepEventsMs: 600_000,
};

/**
 * A Nest strategy for requests and events over a broker, with stock `@MessagePattern` and
 * `@EventPattern`. One replica handles each message; an event is acknowledged after its handlers.
 */
export class TransportServer
  extends Server<Record<never, never>, BrokerStatus>
  implements CustomTransportStrategy
{
  override readonly transportId = TRANSPORT;
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: TransportServerOptions;
  readonly #time: Time;
  readonly #runner: MessageRunner;
  readonly #events = new EventHandlers((handler) => this.#runs(handler));
  readonly #requests = new Map<string, Handler>();
  readonly #checks: ServerChecks | undefined;
  readonly #noStartHook = this.onProcessingStartHook;
  #loop: ConsumerLoop | undefined;
  #cleanups: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: TransportServerOptions) {
    super();
    this.#options = options;
    this.#time = options.time ?? systemTime;
    this.#checks = ServerChecks.of(options.schemas);
    this.#runner = new MessageRunner({
      broker: options.broker,
      time: this.#time,
      retry: { ...retryDefault, ...options.retry },
      payloadBytesMax: options.payloadBytesMax ?? payloadBytesMaxDefault,
      find: (pattern) => this.#find(pattern),
      findAll: (topic) => this.#events.of(topic),
      observer: options.observer,
      check: this.#checks,
      ...(options.random && { random: options.random }),
    });
  }

  /** Resolves the callback once this replica is announced and reads. */
  async listen(callback: (error?: unknown) => void): Promise<void> {
    try {
      await this.#start();
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  /** Stops reading, finishes what runs (up to `drainMs`), acknowledges, leaves. */
  close(): Promise<void> {
    this.#closing ??= this.#stop();
    return this.#closing;
  }

  /**
   * Of several handlers of one event each is run, and done, by itself: so Nest must not chain them.
   * `extras` are those of `@EventPattern(topic, extras)`.
   */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const topic = this.normalizePattern(pattern as string);
    if (isEventHandler) this.#events.add(topic, callback, extras);
    if (isEventHandler && this.messageHandlers.has(topic)) return;
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Messages whose handlers run here now. */
  get running(): number {
    return this.#loop?.running ?? 0;
  }

  /** What is before this service, queue by queue: asks the broker. */
  backlog(): Promise<QueueBacklog[]> {
    const { broker } = this.#options;
    const looks = this.#queues().map(async (queue) => {
      return Object.assign({ queue }, await broker.backlog(queue, this.#group));
    });
    return Promise.all(looks);
  }

  /** Up while the broker answers and has lately heard of this replica. */
  async health(): Promise<BrokerHealth> {
    const health = await this.#options.broker.health();
    const { deadAfterMs = defaults.deadAfterMs } = this.#options;
    const silentMs = this.#time.now() - (this.#loop?.tendedAt ?? 0);
    if (!health.up || this.#queues().length === 0 || silentMs <= deadAfterMs) return health;
    const detail = this.#loop
      ? `this replica was last announced ${silentMs} ms ago: the others hold it for dead`
      : 'this replica is not announced yet';
    return { up: false, detail };
  }

  /** Nothing is emitted beside `status`. */
  on(): void {}

  unwrap<T>(): T {
    return this.#options.broker as T;
  }

  /** Runs the handlers of an event and waits for all of them; rejects when one fails. */
  override async handleEvent(
    pattern: string,
    packet: ReadPacket,
    context: MessageContext,
  ): Promise<void> {
    const runs = this.#events
      .of(pattern)
      .map(({ handler }) => call(handler, packet.data, context, () => {}));
    await Promise.all(runs);
  }

  async #start(): Promise<void> {
    const { broker, service, consumer = idSource()() } = this.#options;
    const queues = this.#queues();
    await broker.connect();
    const port = await broker.consumer({
      group: this.#group,
      consumer,
      queues,
      deadAfterMs: this.#options.deadAfterMs ?? defaults.deadAfterMs,
      keepEventsMs: this.#options.keepEventsMs ?? defaults.keepEventsMs,
      onWork: () => void this.#loop?.tendNow(),
    });
    this.#loop = new ConsumerLoop({
      consumer: port,
      queues,
      time: this.#time,
      maxInFlight: this.#options.maxInFlight ?? defaults.maxInFlight,
      heartbeatMs: this.#options.heartbeatMs ?? defaults.heartbeatMs,
      handle: (delivery, work) => this.#runner.run(delivery, work),
      observer: this.#options.observer,
      onError: (doing, error) => this.logger.warn(`${service}: ${doing} failed: ${String(error)}`),
    });
    const stopCancels: Unsubscribe = await broker.onBroadcast(cancelChannel(service), (ids) => {
      for (const id of ids.split('\n')) this.#runner.cancel(id);
    });
    this.#cleanups.push(stopCancels);
    if (queues.length > 0) await this.#loop.start();
    const stopStatus = broker.onStatus((status) => {
      this._status$.next(status);
      if (status === 'disconnected') this.#loop?.abandon();
      else if (status === 'connected' && queues.length > 0) void this.#loop?.tendNow();
    });
    this.#cleanups.push(stopStatus);
  }

  async #stop(): Promise<void> {
    const { broker, service, drainMs = defaults.drainMs, ownsBroker } = this.#options;
    const isDone = (await this.#loop?.stop(drainMs)) ?? true;
    if (!isDone) {
      this.#runner.abortAll();
      this.logger.warn(`${service}: handlers still ran after ${drainMs} ms; others take over`);
    }
    for (const cleanup of this.#cleanups.splice(0)) await cleanup();
    if (ownsBroker) await broker.close();
  }

  get #group(): string {
    return this.#options.group ?? this.#options.service;
  }

  #queues(): Queue[] {
    const { service } = this.#options;
    const queues: Queue[] = this.#events.topics.map((name) => ({ kind: 'events', name }));
    const handlers = [...this.messageHandlers.values()];
    const hasRequests = handlers.some(({ isEventHandler }) => !isEventHandler);
    if (!hasRequests) return queues;
    if (this.#group !== service) {
      throw new Error(
        `the group of '${service}' is '${this.#group}': requests would be handled twice, ` +
          `so a service with @MessagePattern handlers keeps its own name as its group`,
      );
    }
    return [{ kind: 'requests', name: service }, ...queues];
  }

  /** The handlers of requests, each as it is called: made once. */
  #find(pattern: string): Handler | undefined {
    const known = this.#requests.get(pattern);
    if (known) return known;
    const handler = this.messageHandlers.get(pattern);
    if (!handler || handler.isEventHandler) return undefined;
    const run = this.#runs(handler);
    const runs = this.#checks?.handler(run, pattern) ?? run;
    this.#requests.set(pattern, runs);
    return runs;
  }

  #runs(handler: MessageHandler): Handler {
    const { around } = this.#options;
    const run: Handler = (data, context, onPart) =>
      this.#isHooked
        ? this.#hooked(handler, data, context, onPart)
        : call(handler, data, context, onPart);
    if (!around) return run;
    return (data, context, onPart) => around(context, () => run(data, context, onPart));
  }

  /** Whether somebody asked to be told when processing starts or ends. */
  get #isHooked(): boolean {
    return this.onProcessingStartHook !== this.#noStartHook || Boolean(this.onProcessingEndHook);
  }

  /** Nest's processing hooks return nothing, so the result is carried past them. */
  #hooked(
    handler: MessageHandler,
    data: unknown,
    context: MessageContext,
    onPart: (value: unknown) => void,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.runWithProcessingHooks(context, async (runEndHook) => {
        try {
          resolve(await call(handler, data, context, onPart));
        } catch (error) {
          reject(error);
        }
        runEndHook();
      });
    });
  }
}

async function call(
  handler: MessageHandler,
  data: unknown,
  context: MessageContext,
  onPart: (value: unknown) => void,
): Promise<unknown> {
  const answer = await handler(data, context);
  return isObservable(answer) ? settle(answer, onPart) : answer;
}
