import type { BrokerPort, EnqueueAnswer, KeyedAnswer, Unsubscribe } from '../broker/port.js';
import { TransportError } from '../errors.js';
import type { TransportObserver } from '../observer.js';
import { PendingRequests } from '../protocol/pending-requests.js';
import { TickBatch, eagerMax } from '../protocol/tick-batch.js';
import { pause, type Time } from '../protocol/time.js';
import { cancelChannel } from '../wire/cancel.js';
import { decodeFrame, type Reply } from '../wire/reply-frame.js';
import { ExpiryTimer } from './expiry-timer.js';
import { Hearing } from './hearing.js';
import {
  busy,
  disconnected,
  forgotten,
  keyReused,
  late,
  noConsumer,
  overloaded,
  undecodable,
} from './request-errors.js';
import { isKeyed, type KeyedRequest, type Lane, type SentRequest } from './sent-request.js';

export interface RequesterOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly inbox: string;
  readonly queueMax: number;
  readonly pendingMax: number;
  readonly observer?: TransportObserver | undefined;
}

/** A queue whose only replica restarts within a blink is not empty: ask again before failing. */
const secondLookMs = 25;
/** After a reconnect the replicas need a moment to announce themselves again. */
const reconnectGraceMs = 2_000;
const graceLookMs = 100;
const slowMs = 500;
/** Fewer than that at once are not worth a call. */
const eagerMin = 16;
/** A request that was accepted before and is refused now is asked again that often. */
const acceptedLookMs = 1_000;

/**
 * Sends requests and matches replies, without Nest: batches per tick and target, deadlines,
 * refusals, resends after a reconnect, cancellation.
 */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #pending = new PendingRequests<SentRequest>();
  readonly #requests: TickBatch<SentRequest>;
  readonly #keyed: TickBatch<KeyedRequest>;
  readonly #cancels: TickBatch<string>;
  readonly #hearing = new Hearing();
  readonly #expiry: ExpiryTimer;
  #unsubscribe: Unsubscribe | undefined;
  #stopStatus = () => {};
  #isClosed = false;
  /** How often replies may have been missed. */
  #gaps = 0;
  #graceUntil = 0;

  constructor(options: RequesterOptions) {
    this.#options = options;
    const scheduler = options.time;
    this.#expiry = new ExpiryTimer(scheduler, (now) => this.#expire(now));
    this.#requests = new TickBatch({
      scheduler,
      eagerAt: () => eagerOf(this.#pending.size),
      send: (_, items) => this.#sendWaiting(items, (waiting) => this.#enqueue(waiting)),
    });
    this.#keyed = new TickBatch({
      scheduler,
      send: (_, items) => this.#sendWaiting(items, (waiting) => this.#enqueueKeyed(waiting)),
    });
    this.#cancels = new TickBatch({ scheduler, send: (key, items) => this.#cancel(key, items) });
  }

  async open(): Promise<void> {
    const { broker, inbox } = this.#options;
    let wasAway = false;
    this.#stopStatus = broker.onStatus((status) => {
      if (wasAway && status === 'connected') this.#beginGrace();
      wasAway = status !== 'connected';
      // It will not be back: what waits for that is sent, and refused, at once.
      if (status === 'disconnected') this.#hearing.back();
    });
    const opened = broker.openInbox(
      inbox,
      (text) => this.#hear(text),
      () => this.#resend(),
      () => this.#hearing.lost(),
    );
    this.#unsubscribe = await this.#timed(opened);
  }

  /** Sends it; the answer calls it off. The listener hears exactly one end. */
  send(request: SentRequest): () => void {
    const refusal = this.#refusal(request);
    if (refusal) {
      request.listener.fail(refusal);
      return () => {};
    }
    const expiry = this.#pending.add(request, this.#options.time.now());
    this.#queue(request);
    this.#expiry.heed(expiry);
    return () => this.#callOff(request);
  }

  /** Requests without an end so far. */
  get unanswered(): number {
    return this.#pending.size;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#expiry.stop();
    this.#stopStatus();
    // What waits has an end now, so that nothing of it is sent.
    this.#hearing.back();
    for (const { listener, pattern } of this.#pending.takeAll()) {
      listener.fail(disconnected(`the client was closed before '${pattern}' was answered`));
    }
    await this.#unsubscribe?.();
  }

  #refusal(request: SentRequest): TransportError | undefined {
    const { time, pendingMax } = this.#options;
    if (this.#isClosed) return disconnected(`the client is closed: '${request.pattern}' not sent`);
    if (request.deadline <= time.now()) return late(request, 'had passed before it was sent');
    if (this.#pending.size < pendingMax) return undefined;
    return busy(pendingMax);
  }

  #queue(request: SentRequest): void {
    const { target, copies, priority } = request;
    const isHigh = priority === 'high';
    const lane = copies || isHigh ? `${target}\n${copies ?? 0}\n${priority ?? ''}` : target;
    if (isKeyed(request)) this.#keyed.add(lane, request);
    else this.#requests.add(lane, request);
  }

  /** Ends what has expired; answers when the next one does. */
  #expire(now: number): number | undefined {
    for (const request of this.#pending.takeExpired(now)) {
      request.listener.fail(
        request.isQueued
          ? late(request, 'passed without an answer')
          : disconnected(`the broker did not confirm '${request.pattern}' before its deadline`),
      );
    }
    return this.#pending.nextExpiry;
  }

  /** Sends what still waits for an answer; `act` heeds what the broker says of it. */
  async #sendWaiting<Request extends SentRequest>(
    requests: readonly Request[],
    act: (waiting: Lane<Request>) => Promise<void>,
  ): Promise<void> {
    if (this.#hearing.whenBack) await this.#hearing.whenBack;
    const waiting = requests.filter(({ id }) => this.#pending.get(id));
    const [first] = waiting;
    if (!first) return;
    const { queueMax, observer } = this.#options;
    observer?.batched?.({ call: 'enqueue', messages: waiting.length });
    const gaps = this.#gaps;
    const { target, copies, priority } = first;
    try {
      await act({ target, requests: waiting, options: { queueMax, copies, priority } });
      if (gaps !== this.#gaps) this.#askAll(waiting);
    } catch (cause) {
      this.#refuse(waiting, cause);
    }
  }

  async #enqueue({ target, requests, options }: Lane<SentRequest>): Promise<void> {
    const entries = requests.map(({ entry }) => entry);
    this.#heed(requests, await this.#timed(this.#options.broker.enqueue(target, entries, options)));
  }

  async #enqueueKeyed({ target, requests, options }: Lane<KeyedRequest>): Promise<void> {
    const { broker, inbox } = this.#options;
    const entries = requests.map(({ id, key, entry: { header, body }, isQueued, effect }) => {
      const whenUnknown = effect !== 'once' ? 'add' : isQueued ? 'refuse' : 'new';
      return { header, body, id, key, inbox, whenUnknown } as const;
    });
    const answers = await this.#timed(broker.enqueueKeyed(target, entries, options));
    for (const [n, request] of requests.entries()) this.#heedKeyed(request, answers[n]);
  }

  /** A broker that was slow to answer was away, for the replicas as well. */
  async #timed<Answer>(work: Promise<Answer>): Promise<Answer> {
    const { time } = this.#options;
    const askedAt = time.now();
    const answer = await work;
    if (time.now() - askedAt > slowMs) this.#beginGrace();
    return answer;
  }

  #beginGrace(): void {
    this.#graceUntil = this.#options.time.now() + reconnectGraceMs;
  }

  #refuse(requests: readonly SentRequest[], cause: unknown): void {
    for (const { id, pattern } of requests) {
      const isKnown = cause instanceof TransportError;
      this.#fail(id, isKnown ? cause : disconnected(`the broker refused '${pattern}'`, cause));
    }
  }

  #heedKeyed(request: SentRequest, answer: KeyedAnswer | undefined): void {
    const { id } = request;
    if (answer?.kind === 'answered') this.#end({ id, ...answer.reply });
    else if (answer?.kind !== 'refused') request.isQueued = true;
    else if (answer.reason === 'NO_CONSUMER') this.#lookAgain(request);
    else if (answer.reason === 'KEY_REUSED') this.#fail(id, keyReused(request));
    else if (answer.reason === 'UNKNOWN_OUTCOME') this.#fail(id, forgotten(request));
    else this.#giveUp(request, overloaded(request, this.#options.queueMax));
  }

  #heed(requests: readonly SentRequest[], { accepted, refused }: EnqueueAnswer): void {
    for (const request of requests.slice(0, accepted)) request.isQueued = true;
    for (const request of requests.slice(accepted)) {
      if (refused === 'NO_CONSUMER') this.#lookAgain(request);
      else this.#giveUp(request, overloaded(request, this.#options.queueMax));
    }
  }

  #lookAgain(request: SentRequest): void {
    const { time } = this.#options;
    const isGrace = time.now() < this.#graceUntil;
    if (request.wasRefused && !isGrace) return this.#giveUp(request, noConsumer(request));
    request.wasRefused = true;
    this.#askIn(isGrace ? graceLookMs : secondLookMs, request);
  }

  /** What was accepted once may lie there still, though nobody would take it now. */
  #giveUp(request: SentRequest, error: TransportError): void {
    if (request.isQueued) this.#askIn(acceptedLookMs, request);
    else this.#fail(request.id, error);
  }

  #askIn(ms: number, request: SentRequest): void {
    void pause(this.#options.time, ms).then(() => {
      if (this.#pending.get(request.id)) this.#queue(request);
    });
  }

  #hear(text: string): void {
    for (const reply of decodeFrame(text)) {
      if (reply.kind === 'A') this.#askAgain(reply.id);
      else this.#end(reply);
    }
  }

  #end(reply: Reply): void {
    const isLast = reply.kind !== 'N';
    const request = isLast ? this.#pending.take(reply.id) : this.#pending.get(reply.id);
    if (request) this.#pass(request, reply);
  }

  /** The run it waited for was dropped before it began: this request is as good as never sent. */
  #askAgain(id: string): void {
    const request = this.#pending.get(id);
    if (!request) return;
    request.isQueued = false;
    this.#queue(request);
  }

  /** A reply that makes no sense is that request's misfortune, not its neighbours'. */
  #pass(request: SentRequest, reply: Reply): void {
    try {
      request.listener.reply(reply);
    } catch (cause) {
      request.listener.fail(undecodable(request, cause));
    }
  }

  /** Replies may be lost while the inbox was away; what may run twice or has a key is asked again. */
  #resend(): void {
    this.#beginGrace();
    this.#gaps += 1;
    this.#hearing.back();
    this.#askAll(this.#pending.all());
  }

  /** One whose call the broker has not answered yet is asked again after that, see `#enqueue`. */
  #askAll(requests: Iterable<SentRequest>): void {
    for (const request of requests) {
      const mayAsk = request.effect !== 'once' || isKeyed(request);
      if (request.isQueued && mayAsk && this.#pending.get(request.id)) this.#queue(request);
    }
  }

  #callOff(request: SentRequest): void {
    if (!this.#pending.take(request.id)) return;
    this.#cancels.add(request.target, request.id);
  }

  async #cancel(target: string, ids: string[]): Promise<void> {
    // Best effort: an uncancelled request is dropped at its deadline.
    await this.#options.broker.broadcast(cancelChannel(target), ids.join('\n')).catch(() => {});
  }

  #fail(id: string, error: TransportError): void {
    this.#pending.take(id)?.listener.fail(error);
  }
}

/** In two halves, so that one is handled while the other is on its way. */
const eagerOf = (unanswered: number): number =>
  Math.min(eagerMax, Math.max(eagerMin, Math.ceil(unanswered / 2)));
