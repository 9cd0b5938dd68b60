import {
  confirmationTopic,
  confirmersOf,
  demandDeclared,
  type CloudEvent,
  type Effect,
  type Message,
  type Output,
  type ServiceName,
} from '@courtside/contracts';
import {
  TransportError,
  type BrokerPort,
  type BrokerStatus,
  type TransportClient,
} from '@courtside/transport';
import type { z } from 'zod';
import { currentRequest } from '../request/request-context.js';
import { newId } from '../request/ids.js';
import { childTraceparent } from '../request/trace.js';
import { HedgeBudget, hedged } from './hedging.js';
import type { MessageProof } from './message-proof.js';
import { metadataKeys, type Metadata } from './metadata.js';
import { isLate, problemOf, unavailable } from './problem-of.js';

export interface RequestOptions {
  /** How long to wait at most, milliseconds; never longer than what is left of the request at hand. */
  readonly deadlineMs?: number;
  readonly metadata?: Metadata;
  readonly signal?: AbortSignal;
}

/** An event as its publisher's outbox knows it. */
export type HandledEvent = Pick<CloudEvent, 'id' | 'sequence'>;

/**
 * The way one app asks another: typed by the message's contract, with the request's id, trace,
 * deadline and identity added. Rejects with a `Problem`.
 */
export class Bus {
  #status: BrokerStatus | undefined;
  #changedAt = -Infinity;
  private readonly hedges = new HedgeBudget();

  constructor(
    /** The app that this is the bus of. */
    readonly name: ServiceName,
    private readonly client: TransportClient,
    private readonly broker: BrokerPort,
    private readonly proof: MessageProof,
    private readonly deadlineMs: number,
  ) {
    broker.onStatus((status) => {
      if (this.#status !== undefined) this.#changedAt = Date.now();
      this.#status = status;
    });
  }

  async request<M extends Message>(
    message: M,
    input: z.input<M['input']>,
    options: RequestOptions = {},
  ): Promise<Output<M>> {
    const text = await this.requestText(message, input, options);
    return (text === '' ? undefined : JSON.parse(text)) as Output<M>;
  }

  /** The same, but the answer stays the JSON text that the service wrote. */
  async requestText(
    message: Message,
    input: unknown,
    options: RequestOptions = {},
  ): Promise<string> {
    const since = Date.now();
    try {
      return await this.ask(message, input, options);
    } catch (error) {
      // Nobody is slow where the bus was away: it is worth coming again soon.
      if (isLate(error) && this.#wasAwaySince(since)) throw unavailable(error);
      throw problemOf(error) ?? error;
    }
  }

  private async ask(message: Message, input: unknown, options: RequestOptions): Promise<string> {
    // Once and here: what the proof is made over is what travels.
    const body = JSON.stringify(input);
    const deadline = this.deadlineOf(options);
    const { metadata, signal } = options;
    const send = () =>
      this.client.requestRaw(message.name, body, {
        ...this.sending(message, body, metadata),
        deadline,
        ...(signal && { signal }),
      });
    const isAnsweredAlike = effectOf(message) === 'none' || isKeyed(message, metadata);
    try {
      return await (isAnsweredAlike ? hedged(send, this.hedges) : send());
    } catch (error) {
      if (!isUnknownOutcome(error) || !mayRunAgain(message, metadata)) throw error;
      return send();
    }
  }

  /**
   * Hands events of one topic to the bus, in this order; resolves once it has them all. For the
   * outbox alone: an event that is not written beside what it tells of can be lost or be a lie.
   */
  async publish(topic: string, events: readonly CloudEvent[]): Promise<void> {
    demandDeclared(this.name, 'publishes', topic);
    await Promise.all(events.map((event) => this.client.emitEvent(topic, event)));
  }

  /**
   * Tells a publisher that this app has handled events of its. For the inbox alone; resolves once
   * the bus has it.
   */
  async confirm(publisher: ServiceName, handled: readonly HandledEvent[]): Promise<void> {
    if (!confirmersOf(publisher).includes(this.name)) {
      throw new Error(`${this.name} subscribes to nothing of ${publisher}: see topology.yaml`);
    }
    await this.client.emitEvent(confirmationTopic(publisher, this.name), { handled });
  }

  /** The present life of the bus' data: when it is another one, all that was handed over is lost. */
  epoch(): Promise<string> {
    return this.broker.epoch();
  }

  /** Until when a subscribing service has finished a topic, epoch milliseconds of the bus. */
  finishedUntil(topic: string, group: ServiceName): Promise<number | undefined> {
    return this.broker.finishedUntil(topic, group);
  }

  /** Calls the listener now and whenever the bus is reached or lost; the answer calls it off. */
  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return this.broker.onStatus(listener);
  }

  /** Tells every process at most once; nobody may depend on having heard it. */
  async broadcast(channel: string, data: unknown): Promise<void> {
    demandDeclared(this.name, 'broadcasts', channel);
    await this.broker.broadcast(channel, JSON.stringify(data));
  }

  #wasAwaySince(moment: number): boolean {
    return this.#status !== 'connected' || this.#changedAt >= moment;
  }

  private deadlineOf({ deadlineMs = this.deadlineMs }: RequestOptions): number {
    return Math.min(currentRequest()?.deadline ?? Infinity, Date.now() + deadlineMs);
  }

  /** Made anew for each time that a message is sent: what guards a write works once. */
  private sending(message: Message, body: string, metadata?: Metadata) {
    demandDeclared(this.name, 'calls', message.service);
    const request = currentRequest();
    return {
      target: message.service,
      effect: effectOf(message),
      metadata: {
        [metadataKeys.requestId]: request?.requestId ?? newId(),
        [metadataKeys.traceparent]: childTraceparent(request?.traceparent),
        ...this.proof.metadataFor(message, body),
        ...metadata,
      },
    } as const;
  }
}

/** A guarded write proves itself once; run again, it would be refused as a replay. */
const effectOf = ({ guards, effect }: Message): Effect => (guards ? 'once' : effect);

const isUnknownOutcome = (error: unknown): boolean =>
  error instanceof TransportError && error.code === 'UNKNOWN_OUTCOME';

/** Whether the service itself finds what an earlier request with this key did, also while that runs. */
const isKeyed = ({ problems }: Message, metadata: Metadata = {}): boolean =>
  metadata[metadataKeys.idempotencyKey] !== undefined &&
  problems.includes('idempotency.key-reused');

/**
 * Whether a write whose replica died may be sent again, with a new proof: its service knows its key, or
 * doing it twice is doing it once. One that names the version it has seen would be refused.
 */
const mayRunAgain = (message: Message, metadata: Metadata = {}): boolean =>
  isKeyed(message, metadata) ||
  (message.effect !== 'once' && metadata[metadataKeys.ifMatch] === undefined);
