import type { MessageHandler } from '@nestjs/microservices';
import type { BrokerPort } from '../broker/port.js';
import type { TransportObserver } from '../observer.js';
import type { RetryPolicy } from '../protocol/retry.js';
import type { Time } from '../protocol/time.js';
import { BroadcastLoop } from './broadcast-loop.js';
import { EventHandlers } from './event-handlers.js';
import type { Handler } from './handler.js';
import { MessageRunner, type PayloadCheck } from './message-runner.js';

export interface BroadcastsOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly retry: RetryPolicy;
  readonly payloadBytesMax: number;
  readonly observer?: TransportObserver | undefined;
  readonly random?: () => number;
  readonly check?: PayloadCheck | undefined;
  readonly maxInFlight: number;
  readonly keepEventsMs: number;
  readonly runs: (handler: MessageHandler) => Handler;
  readonly onError: (doing: string, error: unknown) => void;
  readonly onGap: (topic: string) => void;
}

/** The events that every replica handles, as far as this one goes. */
export class Broadcasts {
  readonly handlers: EventHandlers;
  readonly #options: BroadcastsOptions;
  readonly #runner: MessageRunner;
  #loops: readonly BroadcastLoop[] = [];

  constructor(options: BroadcastsOptions) {
    this.#options = options;
    this.handlers = new EventHandlers(options.runs);
    this.#runner = new MessageRunner({
      ...options,
      find: () => undefined,
      findAll: (topic) => this.handlers.of(topic),
    });
  }

  get running(): number {
    return this.#loops.reduce((sum, { running }) => sum + running, 0);
  }

  /** Resolves once this replica handles all that is emitted from now on. */
  async start(group: string): Promise<void> {
    const { topics } = this.handlers;
    if (topics.length === 0) return;
    const { broker, keepEventsMs, onGap } = this.#options;
    const followers = await broker.follow({ topics, group, keepEventsMs, onGap });
    this.#loops = followers.map((follower) => {
      const handle = this.#runner.run.bind(this.#runner);
      return new BroadcastLoop({ ...this.#options, follower, handle });
    });
    for (const loop of this.#loops) loop.start();
  }

  /** False: some handlers still ran after `drainMs`. */
  async stop(drainMs: number): Promise<boolean> {
    const ends = await Promise.all(this.#loops.map((loop) => loop.stop(drainMs)));
    if (ends.every(Boolean)) return true;
    this.#runner.abortAll();
    return false;
  }

  abandon(): void {
    for (const loop of this.#loops) loop.abandon();
  }
}

/** Whether `@EventPattern(topic, extras)` is for every replica. */
export function isBroadcast(
  topic: string,
  { broadcast = false }: Record<string, unknown>,
): boolean {
  if (typeof broadcast === 'boolean') return broadcast;
  throw new Error(
    `'broadcast' of a handler of '${topic}' is true or false, not ${String(broadcast)}`,
  );
}
