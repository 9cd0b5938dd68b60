import { ClientProxy, type ReadPacket } from '@nestjs/microservices';
import { Observable, concatMap, type Subscriber } from 'rxjs';
import type { BrokerStatus } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { idSource } from '../protocol/ids.js';
import { startsLater, systemTime, within, type Time } from '../protocol/time.js';
import { encodePayload, payloadBytesMaxDefault } from '../wire/payload.js';
import { ClientChecks } from './client-checks.js';
import {
  type EmitOptions,
  type RequestOptions,
  type TransportClientOptions,
} from './client-options.js';
import { Emitter } from './emitter.js';
import { refusePriority, refuseTime, unpack } from './nest-packets.js';
import { observeEvent, observeRequest } from './observed.js';
import { OutgoingMessages } from './outgoing-messages.js';
import {
  SubscriberListener,
  textListener,
  valueListener,
  type ReplyListener,
} from './reply-listeners.js';
import { Requester } from './requester.js';

const queueMaxDefault = 10_000;
const pendingMaxDefault = 10_000;
const deadlineMsDefault = 5_000;
const noOptions: RequestOptions = Object.freeze({});

/**
 * A Nest client for requests and events over a broker. Stock `send()` and `emit()` are unchanged;
 * `request()` and `emitEvent()` do the same without Observables. Every request ends: with the
 * reply, the handler's refusal, or a `TransportError`, at its deadline at the latest.
 */
export class TransportClient extends ClientProxy {
  readonly #options: TransportClientOptions;
  readonly #time: Time;
  readonly #outgoing: OutgoingMessages;
  readonly #requester: Requester;
  readonly #emitter: Emitter;
  readonly #checks: ClientChecks | undefined;
  readonly #stopStatus: () => void;
  #connecting: Promise<void> | undefined;
  #isOpen = false;

  constructor(options: TransportClientOptions) {
    super();
    const { broker, service, instance = idSource()(), time = systemTime } = options;
    this.#options = options;
    this.#time = time;
    const inbox = broker.inboxAddress(service, instance);
    const bytesMax = options.payloadBytesMax ?? payloadBytesMaxDefault;
    this.#outgoing = new OutgoingMessages(options, inbox, bytesMax);
    this.#requester = new Requester({
      broker,
      time,
      inbox,
      queueMax: options.queueMax ?? queueMaxDefault,
      pendingMax: options.pendingMax ?? pendingMaxDefault,
      observer: options.observer,
    });
    this.#emitter = new Emitter({
      broker,
      time,
      deadlineMs: options.deadlineMs ?? deadlineMsDefault,
      scheduledMax: options.scheduledMax,
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

  /** Fails what is under way with `DISCONNECTED`, closes the inbox, and the broker where `ownsBroker`. */
  override async close(): Promise<void> {
    this.#stopStatus();
    await this.#requester.close();
    if (this.#options.ownsBroker) await this.#options.broker.close();
  }

  /** Requests without an end so far. */
  get unanswered(): number {
    return this.#requester.unanswered;
  }

  /**
   * The status of the broker. The class extends Nest's base for any status, `string`, because
   * `customClass: TransportClient` would not compile otherwise.
   */
  override get status(): Observable<BrokerStatus> {
    return super.status as Observable<BrokerStatus>;
  }

  /** The broker. */
  override unwrap<T>(): T {
    return this.#options.broker as T;
  }

  /** As Nest's own `send()`, cold and cancelled by unsubscribing, without its work for each request. */
  override send<Result = unknown, Input = unknown>(
    pattern: unknown,
    data: Input,
  ): Observable<Result> {
    // Nest's own refuses what is missing.
    if (isMissing(pattern) || isMissing(data)) return super.send(pattern, data);
    const replies = new Observable<Result>((subscriber) => {
      return this.#subscribe({ pattern, data }, subscriber);
    });
    const checks = this.#checks;
    const name = checks ? this.normalizePattern(pattern as string) : '';
    if (!checks?.hasReply(name)) return replies;
    return replies.pipe(concatMap((value) => checks.reply(name, value) as Promise<Result>));
  }

  /** Sends a request and resolves with the reply, or rejects with `RemoteError|TransportError`. */
  request<T = unknown>(pattern: string, data: unknown, options?: RequestOptions): Promise<T>;
  request(pattern: string, data: unknown, options: RequestOptions = noOptions): Promise<unknown> {
    const value = new Promise((resolve, reject) => {
      const listener = valueListener(resolve, reject);
      this.#ask(pattern, encodePayload(data), options, listener);
    });
    return this.#checks?.hasReply(pattern) ? this.#checks.replyOf(pattern, value) : value;
  }

  /** As `request`, with the payload and the reply as JSON text that is never parsed here. */
  requestRaw(pattern: string, json: string, options: RequestOptions = noOptions): Promise<string> {
    const text = new Promise<string>((resolve, reject) => {
      this.#ask(pattern, json, options, textListener(resolve, reject));
    });
    return this.#checks?.hasReply(pattern) ? this.#checks.replyTextOf(pattern, text) : text;
  }

  /**
   * Resolves once the broker has the event; its handlers run later, at least once per group. With a
   * time in its options the broker keeps it until then.
   */
  async emitEvent(topic: string, data: unknown, options: EmitOptions = {}): Promise<void> {
    const schedule = this.#outgoing.schedule(options, this.#time.now());
    if (!this.#isOpen) await this.#openBefore(this.#deadlineOf({}), topic);
    const body = encodePayload(data);
    if (this.#checks) await this.#checks.event(topic, body);
    const entry = this.#outgoing.event(topic, body, options);
    const work = this.#emitter.emit(topic, entry, options.copies, schedule);
    await observeEvent(this.#observed, topic, work, schedule ? 'scheduled' : 'confirmed');
  }

  /**
   * Calls an event off that was emitted with a time and this `scheduleId`. False: none waits there,
   * be it that it has entered its topic.
   */
  async cancelScheduled(topic: string, scheduleId: string): Promise<boolean> {
    if (!this.#isOpen) await this.#openBefore(this.#deadlineOf({}), topic);
    return this.#emitter.cancel(topic, scheduleId);
  }

  /** Only Nest's own `send()` would call it. */
  protected override publish(): never {
    throw new Error('send() does this itself');
  }

  protected override async dispatchEvent<T>(packet: ReadPacket): Promise<T> {
    const { data, options } = unpack(packet);
    const topic = this.normalizePattern(packet.pattern);
    refusePriority(topic, options);
    return (await this.emitEvent(topic, data, options)) as T;
  }

  async #open(): Promise<void> {
    await this.#options.broker.connect();
    await this.#requester.open();
    this.#isOpen = true;
  }

  /** A message that comes before the connection must not wait for it beyond its deadline. */
  async #openBefore(deadline: number, pattern: string): Promise<void> {
    await within(this.#time, deadline - this.#time.now(), this.connect());
    if (this.#isOpen) return;
    throw new TransportError('DISCONNECTED', `the broker was not reached in time for '${pattern}'`);
  }

  #subscribe(given: { pattern: unknown; data: unknown }, subscriber: Subscriber<unknown>) {
    const packet = this.createPacket(given.pattern, given.data) as ReadPacket;
    const { data, options } = unpack(packet);
    const pattern = this.normalizePattern(packet.pattern);
    refuseTime(pattern, options);
    if (options.key !== undefined) throw new TypeError(onlyEvents(pattern));
    return this.#begin(pattern, encodePayload(data), options, new SubscriberListener(subscriber));
  }

  #ask(pattern: string, body: string, options: RequestOptions, listener: ReplyListener): void {
    const { signal } = options;
    const begin = (heard: ReplyListener) => this.#begin(pattern, body, options, heard);
    if (signal) calledOffBy(signal, pattern, listener, begin);
    else begin(listener);
  }

  /** Sends a request, where it fits its schema; the answer calls it off. */
  #begin(
    pattern: string,
    body: string,
    options: RequestOptions,
    listener: ReplyListener,
  ): () => void {
    if (!this.#checks) return this.#start(pattern, body, options, listener);
    const send = () => this.#start(pattern, body, options, listener);
    return this.#checks.whenChecked(pattern, body, { send, fail: (error) => listener.fail(error) });
  }

  /** Sends a request, once there is a connection; the answer calls it off. */
  #start(
    pattern: string,
    body: string,
    options: RequestOptions,
    listener: ReplyListener,
  ): () => void {
    if (this.#isOpen) return this.#send(pattern, body, options, listener);
    // What it takes to connect counts: the deadline runs from the call.
    const deadline = this.#deadlineOf(options);
    const rest = { ...options, deadline, deadlineMs: undefined };
    return startsLater(
      this.#openBefore(deadline, pattern),
      () => this.#send(pattern, body, rest, listener),
      (error) => listener.fail(error as TransportError),
    );
  }

  #send(
    pattern: string,
    body: string,
    options: RequestOptions,
    listener: ReplyListener,
  ): () => void {
    const deadline = this.#deadlineOf(options);
    const request = this.#outgoing.request(pattern, body, options, { deadline, listener });
    if (!this.#options.observer?.requested) return this.#requester.send(request);
    const observed = observeRequest(this.#observed, request, listener);
    const callOff = this.#requester.send({ ...request, listener: observed.listener });
    return () => {
      observed.calledOff();
      callOff();
    };
  }

  get #observed() {
    return { observer: this.#options.observer, time: this.#time };
  }

  #deadlineOf({ deadlineMs, deadline }: RequestOptions): number {
    const isRelative = deadlineMs !== undefined || deadline === undefined;
    const given = deadlineMs ?? this.#options.deadlineMs ?? deadlineMsDefault;
    const relative = isRelative ? this.#time.now() + given : Infinity;
    return Math.min(relative, deadline ?? Infinity);
  }
}

/** Begins what a signal may call off. */
function calledOffBy(
  signal: AbortSignal,
  pattern: string,
  listener: ReplyListener,
  begin: (listener: ReplyListener) => () => void,
): void {
  if (signal.aborted) return listener.fail(cancelled(pattern));
  let callOff = () => {};
  const onAbort = () => {
    callOff();
    listener.fail(cancelled(pattern));
  };
  const end = () => signal.removeEventListener('abort', onAbort);
  signal.addEventListener('abort', onAbort);
  const heard: ReplyListener = {
    fail: (error) => {
      end();
      listener.fail(error);
    },
    reply: (reply) => {
      if (reply.kind !== 'N') end();
      listener.reply(reply);
    },
  };
  try {
    callOff = begin(heard);
  } catch (error) {
    end();
    throw error;
  }
}

const onlyEvents = (pattern: string) =>
  `'${pattern}' is a request: only events are handled in the order of a key`;

function cancelled(pattern: string): TransportError {
  return new TransportError('CANCELLED', `'${pattern}' was called off by its caller`);
}

const isMissing = (value: unknown): boolean => value === undefined || value === null;
