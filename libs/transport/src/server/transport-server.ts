import {
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
  type ReadPacket,
} from '@nestjs/microservices';
import type { BrokerHealth, BrokerStatus, Unsubscribe } from '../broker/port.js';
import { requestsOf, type Queue } from '../broker/queue.js';
import { isObservable } from 'rxjs';
import { idSource } from '../protocol/ids.js';
import { systemTime, type Time } from '../protocol/time.js';
import { cancelChannel } from '../wire/cancel.js';
import { ConsumerLoop } from './consumer-loop.js';
import { Broadcasts, isBroadcast } from './broadcasts.js';
import { EventHandlers } from './event-handlers.js';
import { settle } from './handler-run.js';
import type { MessageContext } from './message-context.js';
import { MessageRunner } from './message-runner.js';
import {
  runningOf,
  serverDefaults as defaults,
  type QueueBacklog,
  type TransportServerOptions,
} from './server-options.js';
import { ServerChecks, type Handler } from './server-checks.js';

/** For `@MessagePattern(…, TRANSPORT)` in an app that listens on several transports. */
export const TRANSPORT: unique symbol = Symbol.for('courtside.transport');

/**
 * A Nest strategy for requests and events over a broker, with stock `@MessagePattern` and
 * `@EventPattern`. One replica handles each message; an event is acknowledged after its handlers.
 */
export class TransportServer
  extends Server<Record<never, never>, BrokerStatus>
  implements CustomTransportStrategy
{
  /** What `@MessagePattern(…, TRANSPORT)` names. */
  override readonly transportId = TRANSPORT;
  /** Tells Nest to leave errors of event handlers to this server, which runs them again. */
  override readonly propagatesEventHandlerErrors = true;
  readonly #options: TransportServerOptions;
  readonly #time: Time;
  readonly #runner: MessageRunner;
  readonly #events = new EventHandlers((handler) => this.#runs(handler));
  readonly #broadcasts: Broadcasts;
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
    const running = runningOf(options);
    this.#runner = new MessageRunner({
      ...running,
      find: (pattern) => this.#find(pattern),
      findAll: (topic) => this.#events.of(topic),
      check: this.#checks,
    });
    this.#broadcasts = new Broadcasts({
      ...running,
      check: this.#checks,
      runs: (handler) => this.#runs(handler),
      onError: (doing, error) => this.#warn(doing, error),
      onGap: (topic) => options.onBroadcastGap?.(topic),
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
   * `extras` are those of `@EventPattern(topic, extras)`: with `broadcast: true` every replica runs it.
   */
  override addHandler(
    pattern: unknown,
    callback: MessageHandler,
    isEventHandler = false,
    extras: Record<string, unknown> = {},
  ): void {
    const topic = this.normalizePattern(pattern as string);
    if (isEventHandler) {
      const isForAll = isBroadcast(topic, extras);
      (isForAll ? this.#broadcasts.handlers : this.#events).add(topic, callback, extras);
    }
    if (isEventHandler && this.messageHandlers.has(topic)) return;
    super.addHandler(pattern, callback, isEventHandler, extras);
  }

  /** Messages whose handlers run here now. */
  get running(): number {
    return (this.#loop?.running ?? 0) + this.#broadcasts.running;
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

  /** The broker. */
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
      sendParts: () => this.#runner.sendParts(),
      observer: this.#options.observer,
      onError: (doing, error) => this.#warn(doing, error),
    });
    const stopCancels: Unsubscribe = await broker.onBroadcast(cancelChannel(service), (ids) => {
      for (const id of ids.split('\n')) this.#runner.cancel(id);
    });
    this.#cleanups.push(stopCancels);
    if (queues.length > 0) await this.#loop.start();
    await this.#broadcasts.start(this.#group);
    const stopStatus = broker.onStatus((status) => {
      this._status$.next(status);
      if (status === 'disconnected') {
        this.#loop?.abandon();
        this.#broadcasts.abandon();
      }
      if (status === 'connected' && queues.length > 0) void this.#loop?.tendNow();
    });
    this.#cleanups.push(stopStatus);
  }

  async #stop(): Promise<void> {
    const { broker, service, drainMs = defaults.drainMs, ownsBroker } = this.#options;
    const ends = [this.#loop?.stop(drainMs), this.#broadcasts.stop(drainMs)];
    const isDone = (await Promise.all(ends)).every((end) => end ?? true);
    if (!isDone) {
      this.#runner.abortAll();
      this.logger.warn(`${service}: handlers still ran after ${drainMs} ms; others take over`);
    }
    for (const cleanup of this.#cleanups.splice(0)) await cleanup();
    if (ownsBroker) await broker.close();
  }

  #warn(doing: string, error: unknown): void {
    this.logger.warn(`${this.#options.service}: ${doing} failed: ${String(error)}`);
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
    return [requestsOf(service, 'high'), requestsOf(service), ...queues];
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
