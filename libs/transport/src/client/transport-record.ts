import type { Priority } from '../broker/queue.js';
import type { DueOptions } from '../protocol/due-time.js';
import type { Effect, Metadata } from '../wire/header.js';

/** The options of `RequestOptions` that a stock `send()` can carry, and of `EmitOptions` for `emit()`. */
export interface TransportRecordOptions extends DueOptions {
  /** Text that travels beside the payload. */
  readonly metadata?: Metadata;
  /** Milliseconds from now. */
  readonly deadlineMs?: number;
  /** Whether it may run again after a crash. */
  readonly effect?: Effect;
  /** Makes requests with the same key, pattern and payload one. */
  readonly idempotencyKey?: string;
  /** How long the reply is kept for its key, milliseconds. */
  readonly keepReplyMs?: number;
  /** Copies of the server that must have it before it counts as sent. */
  readonly copies?: number;
  /** Of an event: see `EmitOptions`. */
  readonly key?: string;
  /** `high`: before those of normal priority. Requests only. */
  readonly priority?: Priority;
}

/** Data for the stock `send()` and `emit()` together with what the transport should do with it. */
export class TransportRecord<T = unknown> {
  /** The payload. */
  readonly data: T;
  /** What the transport should do with it. */
  readonly options: TransportRecordOptions;

  constructor(data: T, options: TransportRecordOptions) {
    this.data = data;
    this.options = options;
  }
}

/**
 * Builds a `TransportRecord`:
 * `client.send('orders.list', new TransportRecordBuilder({}).setDeadline(500).build())`.
 */
export class TransportRecordBuilder<T> {
  readonly #data: T;
  #options: TransportRecordOptions = {};

  constructor(data: T) {
    this.#data = data;
  }

  /** Text that travels beside the payload; replaces what was set before. */
  setMetadata(metadata: Metadata): this {
    this.#options = { ...this.#options, metadata };
    return this;
  }

  /** Milliseconds until the caller no longer waits. */
  setDeadline(deadlineMs: number): this {
    this.#options = { ...this.#options, deadlineMs };
    return this;
  }

  /** What a repeated run would do; decides whether a request may run again after a crash. */
  setEffect(effect: Effect): this {
    this.#options = { ...this.#options, effect };
    return this;
  }

  /**
   * Makes requests of this service with the same key, pattern and data one: the first runs, each
   * other waits for its reply or gets it from where it is kept, ten minutes unless said otherwise.
   */
  setIdempotencyKey(idempotencyKey: string, keepReplyMs?: number): this {
    const keep = keepReplyMs === undefined ? {} : { keepReplyMs };
    this.#options = { ...this.#options, idempotencyKey, ...keep };
    return this;
  }

  /** Copies of the server that must have the message before it counts as sent. */
  setCopies(copies: number): this {
    this.#options = { ...this.#options, copies };
    return this;
  }

  /** Events only: those of one topic and key are handled one at a time, in their order. */
  setKey(key: string): this {
    this.#options = { ...this.#options, key };
    return this;
  }

  /** A request of high priority goes before those of normal priority. */
  setPriority(priority: Priority): this {
    this.#options = { ...this.#options, priority };
    return this;
  }

  /** Milliseconds until an event enters its topic. */
  setDelay(delayMs: number): this {
    const { at: _, ...options } = this.#options;
    this.#options = { ...options, delayMs };
    return this;
  }

  /** When an event enters its topic: a date, or epoch milliseconds. */
  scheduleAt(at: Date | number): this {
    const { delayMs: _, ...options } = this.#options;
    this.#options = { ...options, at };
    return this;
  }

  /** Names an event with a time, so that it can be called off or replaced. */
  setScheduleId(scheduleId: string): this {
    this.#options = { ...this.#options, scheduleId };
    return this;
  }

  /** What `send()` and `emit()` take as data. */
  build(): TransportRecord<T> {
    return new TransportRecord(this.#data, this.#options);
  }
}
