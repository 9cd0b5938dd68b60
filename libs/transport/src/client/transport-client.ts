import { ClientProxy, type ReadPacket, type WritePacket } from '@nestjs/microservices';
import type { BrokerStatus } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { idSource } from '../protocol/ids.js';
import { systemTime, within, type Time } from '../protocol/time.js';
import { encodePayload, payloadBytesMaxDefault } from '../wire/payload.js';
import {
  targetOf,
  type EmitOptions,
  type RequestOptions,
  type TransportClientOptions,
} from './client-options.js';
import { ClientChecks } from './client-checks.js';
import { Emitter } from './emitter.js';
import { toPacket, unpack } from './nest-packets.js';
import { observeEvent, observeRequest } from './observed.js';
import { eventEntry, keyOf, requestEntry } from './outgoing.js';
import { errorOf, valueOf } from './reply-value.js';
import { Requester } from './requester.js';
import type { Reply, ReplyListener } from './sent-request.js';

const queueMaxDefault = 10_000;
const pendingMaxDefault = 10_000;
const deadlineMsDefault = 5_000;

/**
 * A Nest client for requests and events over a broker. Stock `send()` and `emit()` are unchanged;
 * `request()` and `emitEvent()` do the same without Observables. Every request ends: with the
 * reply, the handler's refusal, or a `TransportError`, at its deadline at the latest.
 */
export class TransportClient extends ClientProxy<Record<never, never>, BrokerStatus> {
  readonly #options: TransportClientOptions;
  readonly #time: Time;
  readonly #inbox: string;
  readonly #nextId = idSource();
  readonly #requester: Requester;
  readonly #emitter: Emitter;
  readonly #payloadBytesMax: number;
  readonly #checks: ClientChecks | undefined;
  readonly #stopStatus: () => void;
  #connecting: Promise<void> | undefined;
  #isOpen = false;

  constructor(options: TransportClientOptions) {
    super();
    const { broker, service, instance = this.#nextId(), time = systemTime } = options;
    this.#options = options;
    this.#time = time;
    this.#inbox = broker.inboxAddress(service, instance);
    this.#payloadBytesMax = options.payloadBytesMax ?? payloadBytesMaxDefault;
    this.#requester = new Requester({
      broker,
      time,
      inbox: this.#inbox,
      queueMax: options.queueMax ?? queueMaxDefault,
      pendingMax: options.pendingMax ?? pendingMaxDefault,
      observer: options.observer,
    });
    this.#emitter = new Emitter({
      broker,
      time,
      deadlineMs: options.deadlineMs ?? deadlineMsDefault,
      observer: options.observer,
    });
    this.#checks = ClientChecks.of(options.schemas);
    this.#stopStatus = broker.onStatus((status) => this._status$.next(status));
  }

  /** Connects the broker and opens the inbox. Called by every request; works once. */
  override connect(): Promise<void> {
    this.#connecting ??= this.#open().catch((error: unknown) => {
      this.#connecting = undefined;
      throw error;
    });
    return this.#connecting;
  }

  override async close(): Promise<void> {
    this.#stopStatus();
    await this.#requester.close();
    if (this.#options.ownsBroker) await this.#options.broker.close();
  }

  /** Requests without an end so far. */
  get unanswered(): number {
    return this.#requester.unanswered;
  }

  override unwrap<T>(): T {
    return this.#options.broker as T;
  }

  /** Sends a request and resolves with the reply, or rejects with `RemoteError|TransportError`. */
  async request<T = unknown>(
    pattern: string,
    data: unknown,
    options: RequestOptions = {},
  ): Promise<T> {
    const value = valueOf(await this.#ask(pattern, encodePayload(data), options));
    return (this.#checks ? await this.#checks.reply(pattern, value) : value) as T;
  }

  /** As `request`, with the payload and the reply as JSON text that is never parsed here. */
  async requestRaw(pattern: string, json: string, options: RequestOptions = {}): Promise<string> {
    const { body } = await this.#ask(pattern, json, options);
    if (this.#checks) await this.#checks.text('reply', pattern, body);
    return body;
  }

  /** Resolves once the broker has the event; its handlers run later, at least once per group. */
  async emitEvent(topic: string, data: unknown, options: EmitOptions = {}): Promise<void> {
    if (!this.#isOpen) await this.#openBefore(this.#deadlineOf({}), topic);
    const body = encodePayload(data);
    if (this.#checks) await this.#checks.event(topic, body);
    const { metadata, copies, key } = options;
    const entry = eventEntry({ ...this.#outgoing(body, metadata), topic, key });
    await observeEvent(this.#observed, topic, this.#emitter.emit(topic, entry, copies));
  }

  protected override publish(packet: ReadPacket, respond: (packet: WritePacket) => void) {
    const pattern = this.normalizePattern(packet.pattern);
    const { data, options } = unpack(packet);
    const fail = (err: unknown) => respond({ err, isDisposed: true });
    const listener: ReplyListener = { fail, reply: (reply) => respond(toPacket(reply)) };
    try {
      if (options.key !== undefined) throw new TypeError(onlyEvents(pattern));
      const body = encodePayload(data);
      if (!this.#checks) return this.#send(pattern, body, options, listener);
      const checked = this.#checks.replies(pattern, respond);
      const send = () => this.#send(pattern, body, options, checked);
      return this.#checks.whenChecked(pattern, body, { send, fail });
    } catch (err) {
      fail(err);
      return () => {};
    }
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { data, options } = unpack(packet);
    const topic = this.normalizePattern(packet.pattern);
    return (await this.emitEvent(topic, data, options)) as T;
  }

  async #open(): Promise<void> {
    await this.#options.broker.connect();
    await this.#requester.open();
    this.#isOpen = true;
  }

  /** A message that comes before the connection must not wait for it beyond its deadline. */
  async #openBefore(deadline: number, pattern: string, signal?: AbortSignal): Promise<void> {
    const opened = unlessAborted(this.connect(), signal);
    await within(this.#time, deadline - this.#time.now(), opened);
    if (signal?.aborted) throw cancelled(pattern);
    if (this.#isOpen) return;
    throw new TransportError('DISCONNECTED', `the broker was not reached in time for '${pattern}'`);
  }

  async #ask(pattern: string, body: string, options: RequestOptions): Promise<Reply> {
    if (options.signal?.aborted) throw cancelled(pattern);
    if (this.#checks) await this.#checks.text('request', pattern, body);
    if (!this.#isOpen) {
      // What it takes to connect counts: the deadline runs from the call.
      const deadline = this.#deadlineOf(options);
      await this.#openBefore(deadline, pattern, options.signal);
      return this.#askOpen(pattern, body, { ...options, deadline, deadlineMs: undefined });
    }
    return this.#askOpen(pattern, body, options);
  }

  #askOpen(pattern: string, body: string, options: RequestOptions): Promise<Reply> {
    return new Promise((resolve, reject) => {
      let last: Reply | undefined;
      const onAbort = () => {
        callOff();
        reject(cancelled(pattern));
      };
      const end = () => options.signal?.removeEventListener('abort', onAbort);
      const callOff = this.#send(pattern, body, options, {
        fail: (error) => {
          end();
          reject(error);
        },
        reply: (reply) => {
          if (reply.kind === 'N') return void (last = reply);
          end();
          const error = errorOf(reply);
          if (error) reject(error);
          else resolve(reply.kind === 'C' ? (last ?? reply) : reply);
        },
      });
      options.signal?.addEventListener('abort', onAbort);
    });
  }

  #send(
    pattern: string,
    body: string,
    options: RequestOptions,
    listener: ReplyListener,
  ): () => void {
    const deadline = this.#deadlineOf(options);
    const effect = options.effect ?? 'once';
    const outgoing = this.#outgoing(body, options.metadata);
    const key = keyOf({ ...outgoing, pattern }, options);
    const inbox = this.#inbox;
    const entry = requestEntry({ ...outgoing, pattern, inbox, deadline, effect, key });
    const target = options.target ?? targetOf(this.#options, pattern);
    const observed = observeRequest(this.#observed, { target, pattern }, listener);
    const callOff = this.#requester.send({
      id: outgoing.id,
      target,
      pattern,
      deadline,
      effect,
      entry,
      listener: observed.listener,
      key,
      copies: options.copies,
    });
    return () => {
      observed.calledOff();
      callOff();
    };
  }

  get #observed() {
    return { observer: this.#options.observer, time: this.#time };
  }

  /** A message with an id of its own. */
  #outgoing(body: string, metadata: RequestOptions['metadata']) {
    const bytesMax = this.#payloadBytesMax;
    return { id: this.#nextId(), sender: this.#options.service, body, metadata, bytesMax };
  }

  #deadlineOf({ deadlineMs, deadline }: RequestOptions): number {
    const isRelative = deadlineMs !== undefined || deadline === undefined;
    const given = deadlineMs ?? this.#options.deadlineMs ?? deadlineMsDefault;
    const relative = isRelative ? this.#time.now() + given : Infinity;
    return Math.min(relative, deadline ?? Infinity);
  }
}

/** Settles like the promise, and at once when the signal is aborted. */
function unlessAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve();
    signal.addEventListener('abort', onAbort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

const onlyEvents = (pattern: string) =>
  `'${pattern}' is a request: only events are handled in the order of a key`;

function cancelled(pattern: string): TransportError {
  return new TransportError('CANCELLED', `'${pattern}' was called off by its caller`);
}
