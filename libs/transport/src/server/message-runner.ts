import type { BrokerPort, Completion, Delivery } from '../broker/port.js';
import { admit } from '../protocol/admission.js';
import type { TransportObserver } from '../observer.js';
import { retryDelay, type RetryPolicy } from '../protocol/retry.js';
import type { Time } from '../protocol/time.js';
import { headerOf } from '../wire/event-header.js';
import type { Header } from '../wire/header.js';
import type { Outcome, Work } from './consumer-loop.js';
import { runEvent, type EventHandler, type Handler } from './event-run.js';
import { MessageContext } from './message-context.js';
import { handledMessage } from './handled.js';
import {
  bodyLost,
  dead,
  describe,
  doneWith,
  dropped,
  failed,
  misfit,
  refused,
  replied,
  unknownOutcome,
  unknownPattern,
} from './outcomes.js';
import { ReplyParts } from './reply-parts.js';
import { RunningMessages } from './running-messages.js';

export interface MessageRunnerOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly retry: RetryPolicy;
  readonly payloadBytesMax: number;
  /** The handler of a pattern, or `undefined` where there is none. */
  readonly find: (pattern: string) => Handler | undefined;
  /** All handlers of a topic. */
  readonly findAll: (topic: string) => readonly EventHandler[];
  readonly random?: () => number;
  readonly observer?: TransportObserver | undefined;
  /** The payload as its schema makes it; missing where none is checked. */
  readonly check?: PayloadCheck | undefined;
}

/** Whether a payload is to be checked, and how. @throws TransportError where it does not fit. */
export interface PayloadCheck {
  has(part: 'request' | 'event', pattern: string): boolean;
  check(part: 'request' | 'event', pattern: string, value: unknown): Promise<unknown>;
}

interface RequestRun {
  readonly context: MessageContext;
  readonly handler: Handler;
  readonly data: unknown;
  readonly work: Work;
}

/** Turns a delivery into an outcome: admission, handler, reply, retry or dead letter. */
export class MessageRunner {
  readonly #options: MessageRunnerOptions;
  readonly #running = new RunningMessages();
  readonly #parts: ReplyParts;

  constructor(options: MessageRunnerOptions) {
    this.#options = options;
    this.#parts = new ReplyParts(options);
  }

  /** Calls off a request that runs here, or is still to come. */
  cancel(id: string): void {
    this.#running.cancel(id);
  }

  /** Aborts the signal of everything that still runs. */
  abortAll(): void {
    this.#running.abortAll();
  }

  /** Sends the values that are not the last of their replies, before those ends leave. */
  sendParts(): void {
    this.#parts.flush();
  }

  /** Begins to handle it; the work is told when it is over. */
  run(delivery: Delivery, work: Work): void {
    const header = headerOf(delivery);
    const { observer, time } = this.#options;
    if (!observer?.handled) return this.#run(header, delivery, work);
    const startedAt = time.now();
    const pattern = header && this.#isKnown(header) ? header.p : 'unknown';
    this.#run(header, delivery, {
      mark: (...marked) => work.mark(...marked),
      end: (ended, outcome) => {
        observer.handled?.(handledMessage(ended, outcome, { pattern, startedAt, now: time.now() }));
        work.end(ended, outcome);
      },
    });
  }

  #isKnown({ k, p }: Header): boolean {
    const { find, findAll } = this.#options;
    return k === 'e' ? findAll(p).length > 0 : find(p) !== undefined;
  }

  #run(header: Header | undefined, delivery: Delivery, work: Work): void {
    if (delivery.fetchBody) return this.#runApart(header, delivery, work);
    const data = parse(delivery.body);
    if (!header || !data) {
      return work.end(delivery, { completion: dead(delivery, 'it cannot be decoded') });
    }
    const verdict = admit(header, {
      now: this.#options.time.now(),
      attempt: delivery.attempt,
      isCancelled: this.#running.isCancelled(header.i),
    });
    if (verdict === 'drop') return work.end(delivery, dropped(delivery, header));
    if (verdict === 'unknown-outcome') {
      return work.end(delivery, refused(delivery, header, unknownOutcome(header)));
    }
    const { check } = this.#options;
    const part = header.k === 'e' ? 'event' : 'request';
    if (!check?.has(part, header.p)) return this.#begin(header, delivery, data.value, work);
    check.check(part, header.p, data.value).then(
      (value) => this.#begin(header, delivery, value, work),
      (fault: unknown) => work.end(delivery, misfit(delivery, header, fault)),
    );
  }

  #begin(header: Header, delivery: Delivery, data: unknown, work: Work): void {
    const context = new MessageContext(header, delivery, this.#watch);
    if (header.k === 'e') return void this.#runEvent(delivery, context, data, work);
    const handler = this.#options.find(header.p);
    if (!handler) return work.end(delivery, refused(delivery, header, unknownPattern(header)));
    this.#runRequest(delivery, header, { context, handler, data, work });
  }

  /** Runs what has its payload elsewhere. */
  #runApart(header: Header | undefined, given: Delivery, work: Work): void {
    const { fetchBody, ...delivery } = given;
    fetchBody?.().then(
      (body) => {
        if (body === undefined) work.end(delivery, bodyLost(delivery, header));
        else this.#run(header, { ...delivery, body }, work);
      },
      (error: unknown) => {
        const isRequest = header?.k === 'q';
        if (isRequest) work.end(delivery, bodyLost(delivery, header));
        else work.end(delivery, { completion: this.#failed(delivery, error) });
      },
    );
  }

  /** Runs the handler of a request; one promise for each is what this costs. */
  #runRequest(
    delivery: Delivery,
    header: Header,
    { context, handler, data, work }: RequestRun,
  ): void {
    const { payloadBytesMax } = this.#options;
    this.#running.begin(context);
    const end = (outcome: Outcome) => {
      this.#running.end(context);
      work.end(delivery, outcome);
    };
    const onPart = (value: unknown) => this.#parts.add(delivery.queue, context, value);
    handler(data, context, onPart).then(
      (value) => end(replied(delivery, header, value, payloadBytesMax)),
      (error: unknown) => end(failed(delivery, header, error, payloadBytesMax)),
    );
  }

  #runEvent(delivery: Delivery, context: MessageContext, data: unknown, work: Work): void {
    const handlers = this.#options.findAll(context.pattern);
    const end = (completion: Completion) => {
      this.#running.end(context);
      work.end(delivery, { completion });
    };
    const [first, ...others] = handlers;
    if (!first) return end(dead(delivery, `no handler for '${context.pattern}'`));
    if (delivery.attempt > this.#options.retry.attemptsMax) {
      return end(dead(delivery, 'every replica that ran it died'));
    }
    this.#running.begin(context);
    runEvent([first, ...others], { delivery, context, data, work }).then(
      () => end(doneWith(delivery)),
      (error: unknown) => end(this.#failed(delivery, error)),
    );
  }

  #failed(delivery: Delivery, error: unknown): Completion {
    const { retry, random = Math.random } = this.#options;
    const delayMs = retryDelay(delivery.attempt, retry, random);
    if (delayMs !== undefined)
      return { kind: 'retry', id: delivery.id, delayMs, attempt: delivery.attempt };
    return dead(delivery, describe(error), error);
  }

  /** Only a handler that looks at its signal costs a timer. */
  readonly #watch = (context: MessageContext): (() => void) => {
    if (context.isEvent) return () => {};
    const { time } = this.#options;
    return time.after(context.deadline - time.now(), () => context.abort());
  };
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
