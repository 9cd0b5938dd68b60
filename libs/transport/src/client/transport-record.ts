import type { Effect, Metadata } from '../wire/header.js';

export interface TransportRecordOptions {
  readonly metadata?: Metadata;
  readonly deadlineMs?: number;
  readonly effect?: Effect;
  readonly idempotencyKey?: string;
  readonly keepReplyMs?: number;
  readonly copies?: number;
  /** Of an event: see `EmitOptions`. */
  readonly key?: string;
}

/** Data for the stock `send()` and `emit()` together with what the transport should do with it. */
export class TransportRecord<T = unknown> {
  readonly data: T;
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

  build(): TransportRecord<T> {
    return new TransportRecord(this.#data, this.#options);
  }
}
