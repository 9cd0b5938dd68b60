import type { BrokerPort, Completion, Delivery, Frame, KeyedEnd, Queue } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { admit } from '../protocol/admission.js';
import type { TransportObserver } from '../observer.js';
import { CancelledIds } from '../protocol/cancelled-ids.js';
import { retryDelay, type RetryPolicy } from '../protocol/retry.js';
import { TickBatch } from '../protocol/tick-batch.js';
import type { Time } from '../protocol/time.js';
import { headerOf } from '../wire/event-header.js';
import type { Header } from '../wire/header.js';
import type { MarkHandler, Outcome } from './consumer-loop.js';
import { keyedEnd, unseenEnd } from './keyed-end.js';
import { MessageContext } from './message-context.js';
import { handledMessage } from './handled.js';
import { errorReply, faultReply, partReply, valueReply } from './reply-text.js';

/** Runs the handlers of a message and resolves with the answer; `onPart` takes earlier values. */
export type Handler = (
  data: unknown,
  context: MessageContext,
  onPart: (value: unknown) => void,
) => Promise<unknown>;

/** One of the handlers of an event, by a name that stays the same from run to run. */
export interface EventHandler {
  readonly name: string;
  readonly run: Handler;
}

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

/** A value before the last of a reply; all of one inbox come from one queue. */
interface Part {
  readonly queue: Queue;
  readonly text: string;
}

/** Turns a delivery into an outcome: admission, handler, reply, retry or dead letter. */
export class MessageRunner {
  readonly #options: MessageRunnerOptions;
  readonly #running = new Map<string, MessageContext>();
  readonly #clocks = new WeakMap<MessageContext, () => void>();
  readonly #cancelled = new CancelledIds();
  readonly #parts: TickBatch<Part>;

  constructor(options: MessageRunnerOptions) {
    this.#options = options;
    this.#parts = new TickBatch({
      scheduler: options.time,
      // No bound on calls under way: a part must not leave after the end of its stream.
      unansweredMax: Infinity,
      // At most once, as documented: the last reply is the one that is kept safe.
      send: (inbox, parts) => this.#sendParts(inbox, parts).catch(() => {}),
    });
  }

  /** Calls off a request that runs here, or is still to come. */
  cancel(id: string): void {
    const context = this.#running.get(id);
    if (context) context.abort();
    else this.#cancelled.add(id);
  }

  /** Aborts the signal of everything that still runs. */
  abortAll(): void {
    for (const context of this.#running.values()) context.abort();
  }

  async run(delivery: Delivery, mark: MarkHandler): Promise<Outcome> {
    const header = headerOf(delivery);
    const { observer, time } = this.#options;
    if (!observer?.handled) return this.#run(header, delivery, mark);
    const startedAt = time.now();
    const outcome = await this.#run(header, delivery, mark);
    const pattern = header && this.#isKnown(header) ? header.p : 'unknown';
    observer.handled(handledMessage(delivery, outcome, { pattern, startedAt, now: time.now() }));
    return outcome;
  }

  #isKnown({ k, p }: Header): boolean {
    const { find, findAll } = this.#options;
    return k === 'e' ? findAll(p).length > 0 : find(p) !== undefined;
  }

  async #run(header: Header | undefined, delivery: Delivery, mark: MarkHandler): Promise<Outcome> {
    if (delivery.fetchBody) return this.#runApart(header, delivery, mark);
    const data = parse(delivery.body);
    if (!header || !data) return { completion: dead(delivery, 'it cannot be decoded') };
    const verdict = admit(header, {
      now: this.#options.time.now(),
      attempt: delivery.attempt,
      isCancelled: this.#cancelled.has(header.i),
    });
    if (verdict === 'drop') return ended(delivery, unseenEnd(header));
    if (verdict === 'unknown-outcome') {
      return this.#refuse(delivery, header, unknownOutcome(header));
    }
    const isChecked = this.#options.check?.has(partOf(header), header.p);
    const refused = isChecked ? await this.#check(header, delivery, data) : undefined;
    if (refused) return refused;
    const context = new MessageContext(header, delivery, (watched) => this.#watch(watched));
    if (header.k === 'e') return this.#runEvent(delivery, context, data.value, mark);
    const handler = this.#options.find(header.p);
    if (!handler) return this.#refuse(delivery, header, unknownPattern(header));
    const text = await this.#runRequest(delivery.queue, context, handler, data.value);
    return answered(delivery, header, text, 'ran');
  }

  /** Puts the value as its schema makes it in place of the one that came, or refuses that. */
  async #check(
    header: Header,
    delivery: Delivery,
    data: { value: unknown },
  ): Promise<Outcome | undefined> {
    try {
      data.value = await this.#options.check?.check(partOf(header), header.p, data.value);
      return undefined;
    } catch (error) {
      const fault = error as TransportError;
      if (header.k === 'q') return this.#refuse(delivery, header, fault);
      return { completion: dead(delivery, `${fault.code}: ${fault.message}`) };
    }
  }

  /** Runs what has its payload elsewhere. */
  async #runApart(
    header: Header | undefined,
    delivery: Delivery,
    mark: MarkHandler,
  ): Promise<Outcome> {
    const { fetchBody, ...rest } = delivery;
    let body: string | undefined;
    try {
      body = await fetchBody?.();
    } catch (error) {
      if (header?.k !== 'q') return this.#failed(delivery, error);
    }
    if (body !== undefined) return this.#run(header, { ...rest, body }, mark);
    if (header?.k !== 'q') return { completion: dead(delivery, 'its payload is gone') };
    const mayHaveRun = delivery.attempt > 1;
    return this.#refuse(delivery, header, mayHaveRun ? unknownOutcome(header) : lost(header));
  }

  /** The reply to a request whose handler ran. */
  async #runRequest(
    queue: Queue,
    context: MessageContext,
    handler: Handler,
    data: unknown,
  ): Promise<string> {
    const { payloadBytesMax } = this.#options;
    const { id, inbox } = context;
    this.#running.set(id, context);
    const onPart = (value: unknown) =>
      this.#parts.add(inbox, { queue, text: partReply(id, value, payloadBytesMax) });
    let text: string;
    try {
      text = valueReply(id, await handler(data, context, onPart), payloadBytesMax);
    } catch (error) {
      text = errorReply(id, error, payloadBytesMax);
    }
    this.#running.delete(id);
    this.#clocks.get(context)?.();
    return text;
  }

  async #sendParts(inbox: string, parts: readonly Part[]): Promise<void> {
    const [first] = parts;
    if (!first) return;
    const text = parts.map((part) => part.text).join('');
    await this.#options.broker.reply(first.queue, [frame(inbox, text)]);
  }

  async #runEvent(
    delivery: Delivery,
    context: MessageContext,
    data: unknown,
    mark: MarkHandler,
  ): Promise<Outcome> {
    const handlers = this.#options.findAll(context.pattern);
    if (handlers.length === 0) {
      return { completion: dead(delivery, `no handler for '${context.pattern}'`) };
    }
    const { retry } = this.#options;
    if (delivery.attempt > retry.attemptsMax) {
      return { completion: dead(delivery, 'every replica that ran it died') };
    }
    const open = handlers.filter(({ name }) => !delivery.done?.includes(name));
    this.#running.set(context.id, context);
    const ends = await Promise.allSettled(
      open.map(async ({ name, run }) => {
        await run(data, context, () => {});
        if (handlers.length > 1) await mark(name);
      }),
    );
    this.#running.delete(context.id);
    const failed = ends.find((end) => end.status === 'rejected');
    if (!failed) return { completion: done(delivery) };
    return this.#failed(delivery, failed.reason);
  }

  /** An event that is to be run again, or given up. */
  #failed(delivery: Delivery, error: unknown): Outcome {
    const { retry, random = Math.random } = this.#options;
    const delayMs = retryDelay(delivery.attempt, retry, random);
    if (delayMs !== undefined) return { completion: { kind: 'retry', id: delivery.id, delayMs } };
    return { completion: dead(delivery, describe(error), error) };
  }

  /** Only a handler that looks at its signal costs a timer. */
  #watch(context: MessageContext): void {
    if (context.isEvent) return;
    const { time } = this.#options;
    const stop = time.after(context.deadline - time.now(), () => context.abort());
    this.#clocks.set(context, stop);
  }

  #refuse(delivery: Delivery, header: Header, error: TransportError): Outcome {
    const ending = error.code === 'UNKNOWN_OUTCOME' ? 'ran' : 'refused';
    return answered(delivery, header, faultReply(header.i, error), ending);
  }
}

/** The end of a request with a reply, which travels with the key where there is one. */
function answered(
  delivery: Delivery,
  header: Header,
  text: string,
  ending: 'ran' | 'refused',
): Outcome {
  const keyed = keyedEnd(header, text, ending);
  if (keyed) return ended(delivery, keyed);
  return { completion: done(delivery), frame: frame(header.r ?? '', text) };
}

function ended(delivery: Delivery, keyed: KeyedEnd | undefined): Outcome {
  return { completion: { kind: 'done', id: delivery.id, ...(keyed && { keyed }) } };
}

function frame(inbox: string, text: string): Frame {
  return { inbox, text };
}

function done({ id }: Delivery): Completion {
  return { kind: 'done', id };
}

function dead({ id, attempt }: Delivery, reason: string, error?: unknown): Completion {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return { kind: 'dead', id, attempt, reason, stack };
}

function describe(error: unknown): string {
  if (error instanceof Error) return `${error.name}: ${error.message}`;
  return typeof error === 'string' ? error : (JSON.stringify(error) ?? String(error));
}

function unknownPattern({ p }: Header): TransportError {
  return new TransportError('UNKNOWN_PATTERN', `there is no handler for '${p}'`);
}

const partOf = ({ k }: Header) => (k === 'e' ? 'event' : 'request');

function lost({ p }: Header): TransportError {
  const message = `the payload of '${p}' was gone before it was read: nothing was done, send it again`;
  return new TransportError('PAYLOAD_LOST', message);
}

function unknownOutcome({ p }: Header): TransportError {
  return new TransportError(
    'UNKNOWN_OUTCOME',
    `a replica died while it ran '${p}', which must not run twice: look before you retry`,
  );
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
