import type { BrokerPort, Entry, EnqueueAnswer, Unsubscribe } from '../broker/port.js';
import { TransportError } from '../errors.js';
import { PendingRequests, deadlineSlotMs } from '../protocol/pending-requests.js';
import { TickBatch } from '../protocol/tick-batch.js';
import { pause } from '../protocol/time.js';
import type { Time } from '../protocol/time.js';
import { cancelChannel } from '../wire/cancel.js';
import type { Effect } from '../wire/header.js';
import { decodeFrame } from '../wire/reply-frame.js';
import type { Reply } from '../wire/reply-frame.js';

/** What the caller hears: replies of the target, or one failure of the transport. */
export interface ReplyListener {
  reply(reply: Reply): void;
  fail(error: TransportError): void;
}

/** A request on its way, kept until it is answered. */
export interface SentRequest {
  readonly id: string;
  readonly target: string;
  readonly pattern: string;
  readonly deadline: number;
  readonly effect: Effect;
  readonly entry: Entry;
  readonly listener: ReplyListener;
  /** Set once the broker has it. */
  isQueued?: boolean;
  /** Set once the broker said that no replica is alive: it is asked a second time. */
  wasRefused?: boolean;
  slot?: number;
}

export interface RequesterOptions {
  readonly broker: BrokerPort;
  readonly time: Time;
  readonly inbox: string;
  readonly queueMax: number;
  readonly pendingMax: number;
}

/** A queue whose only replica restarts within a blink is not empty: ask again before failing. */
const secondLookMs = 25;
/** After a reconnect the replicas need a moment to announce themselves again. */
const reconnectGraceMs = 2_000;
const graceLookMs = 100;
const overloadedRetryMs = 1_000;

/**
 * Sends requests and matches replies, without Nest: batches per tick and target, deadlines,
 * refusals, resends after a reconnect, cancellation.
 */
export class Requester {
  readonly #options: RequesterOptions;
  readonly #pending = new PendingRequests<SentRequest>();
  readonly #requests: TickBatch<SentRequest>;
  readonly #cancels: TickBatch<string>;
  #unsubscribe: Unsubscribe | undefined;
  #isArmed = false;
  #isClosed = false;
  #graceUntil = 0;

  constructor(options: RequesterOptions) {
    this.#options = options;
    const scheduler = options.time;
    this.#requests = new TickBatch({ scheduler, send: (key, items) => this.#enqueue(key, items) });
    this.#cancels = new TickBatch({ scheduler, send: (key, items) => this.#cancel(key, items) });
  }

  async open(): Promise<void> {
    const { broker, inbox } = this.#options;
    this.#unsubscribe = await broker.openInbox(
      inbox,
      (text) => this.#hear(text),
      () => this.#resend(),
    );
  }

  /** Sends it; the answer calls it off. The listener hears exactly one end. */
  send(request: SentRequest): () => void {
    const refusal = this.#refusal(request);
    if (refusal) {
      request.listener.fail(refusal);
      return () => {};
    }
    this.#pending.add(request, this.#options.time.now());
    this.#requests.add(request.target, request);
    this.#arm();
    return () => this.#callOff(request);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
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
    return new TransportError(
      'OVERLOADED',
      `${pendingMax} requests of this client are unanswered: retry after ${overloadedRetryMs} ms`,
      { retryAfterMs: overloadedRetryMs },
    );
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#options.time.after(deadlineSlotMs, () => {
      this.#isArmed = false;
      for (const request of this.#pending.takeExpired(this.#options.time.now())) {
        request.listener.fail(
          request.isQueued
            ? late(request, 'passed without an answer')
            : disconnected(`the broker did not confirm '${request.pattern}' before its deadline`),
        );
      }
      if (this.#pending.size > 0) this.#arm();
    });
  }

  async #enqueue(target: string, requests: SentRequest[]): Promise<void> {
    const waiting = requests.filter(({ id }) => this.#pending.get(id));
    if (waiting.length === 0) return;
    const { broker, queueMax } = this.#options;
    try {
      const answer = await broker.enqueue(
        target,
        waiting.map(({ entry }) => entry),
        queueMax,
      );
      this.#heed(waiting, answer);
    } catch (cause) {
      for (const { id, pattern } of waiting) {
        const isKnown = cause instanceof TransportError;
        this.#fail(id, isKnown ? cause : disconnected(`the broker refused '${pattern}'`, cause));
      }
    }
  }

  #heed(requests: SentRequest[], { accepted, refused }: EnqueueAnswer): void {
    for (const request of requests.slice(0, accepted)) request.isQueued = true;
    for (const request of requests.slice(accepted)) {
      if (refused === 'NO_CONSUMER') this.#lookAgain(request);
      else this.#fail(request.id, overloaded(request.target, this.#options.queueMax));
    }
  }

  #lookAgain(request: SentRequest): void {
    const { time } = this.#options;
    const isGrace = time.now() < this.#graceUntil;
    if (request.wasRefused && !isGrace) return this.#fail(request.id, noConsumer(request));
    request.wasRefused = true;
    void pause(time, isGrace ? graceLookMs : secondLookMs).then(() => {
      if (this.#pending.get(request.id)) this.#requests.add(request.target, request);
    });
  }

  #hear(text: string): void {
    for (const reply of decodeFrame(text)) {
      const isLast = reply.kind !== 'N';
      const request = isLast ? this.#pending.take(reply.id) : this.#pending.get(reply.id);
      if (request) this.#pass(request, reply);
    }
  }

  /** A reply that makes no sense is that request's misfortune, not its neighbours'. */
  #pass(request: SentRequest, reply: Reply): void {
    try {
      request.listener.reply(reply);
    } catch (cause) {
      const message = `the reply to '${request.pattern}' cannot be decoded`;
      request.listener.fail(new TransportError('UNKNOWN_OUTCOME', message, { cause }));
    }
  }

  /** Replies may be lost while the inbox was away; what may run twice is asked again. */
  #resend(): void {
    this.#graceUntil = this.#options.time.now() + reconnectGraceMs;
    for (const request of this.#pending.all()) {
      if (request.isQueued && request.effect !== 'once') {
        this.#requests.add(request.target, request);
      }
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

function disconnected(message: string, cause?: unknown): TransportError {
  return new TransportError('DISCONNECTED', message, { cause });
}

function late({ pattern }: SentRequest, what: string): TransportError {
  return new TransportError('DEADLINE_EXCEEDED', `the deadline of '${pattern}' ${what}`);
}

function noConsumer({ target, pattern }: SentRequest): TransportError {
  return new TransportError(
    'NO_CONSUMER',
    `no replica of '${target}' is alive to answer '${pattern}': start it, then retry`,
    { retryAfterMs: overloadedRetryMs },
  );
}

function overloaded(target: string, queueMax: number): TransportError {
  return new TransportError(
    'OVERLOADED',
    `queue '${target}' is full (${queueMax} waiting): retry after ${overloadedRetryMs} ms`,
    { retryAfterMs: overloadedRetryMs },
  );
}
