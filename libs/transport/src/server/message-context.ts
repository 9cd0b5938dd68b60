import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery } from '../broker/port.js';
import type { Header, Metadata } from '../wire/header.js';

const noMetadata: Metadata = Object.freeze({});

/** What a handler gets through `@Ctx()`: the message around its parsed payload. */
export class MessageContext extends BaseRpcContext<[pattern: string, metadata: Metadata]> {
  /** Of the request, or the topic of the event. */
  readonly pattern: string;
  /** The same in every run of one message. */
  readonly id: string;
  /** 1 in the first run. */
  readonly attempt: number;
  /** Epoch milliseconds; `Infinity` for events. */
  readonly deadline: number;
  /** What the sender put beside the payload: trace, identity. */
  readonly metadata: Metadata;
  /** The service that sent it, as the envelope claims: proof is not the transport's business. */
  readonly sender: string;
  /** Nobody waits for a reply. */
  readonly isEvent: boolean;
  /** The key under which repeated requests are one; the reply is kept for it. */
  readonly idempotencyKey: string | undefined;
  /** The payload as it travelled, JSON text: what a signature over it is held to. */
  readonly body: string;
  readonly #inbox: string | undefined;
  readonly #onWatch: (context: MessageContext) => void;
  #controller: AbortController | undefined;
  #isAborted = false;

  /** @internal `onWatch` is called when the signal is asked for the first time. */
  constructor(
    header: Header,
    { attempt, body }: Pick<Delivery, 'attempt' | 'body'>,
    onWatch: (context: MessageContext) => void,
  ) {
    const metadata = header.m ? Object.freeze(header.m) : noMetadata;
    super([header.p, metadata]);
    this.pattern = header.p;
    this.id = header.i;
    this.attempt = attempt;
    this.deadline = header.t ?? Infinity;
    this.metadata = metadata;
    this.sender = header.s;
    this.isEvent = header.k === 'e';
    this.idempotencyKey = header.x;
    this.body = body;
    this.#inbox = header.r;
    this.#onWatch = onWatch;
  }

  /** Aborted when the caller calls it off, its deadline passes, or the drain runs out of time. */
  get signal(): AbortSignal {
    // Made when asked for: most handlers never look, and it is dear.
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
      else this.#onWatch(this);
    }
    return this.#controller.signal;
  }

  /** Where the reply goes. */
  get inbox(): string {
    return this.#inbox ?? '';
  }

  /** For what reads Nest's own contexts. */
  getMetadata(): Metadata {
    return this.metadata;
  }

  /** The same as `pattern`, for what reads Nest's own contexts. */
  getPattern(): string {
    return this.pattern;
  }

  /** Aborts the signal: for the server, and for specs of handlers. */
  abort(): void {
    this.#isAborted = true;
    this.#controller?.abort();
  }
}
