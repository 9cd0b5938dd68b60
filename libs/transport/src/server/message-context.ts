import { BaseRpcContext } from '@nestjs/microservices';
import type { Delivery } from '../broker/port.js';
import type { Header, Metadata } from '../wire/header.js';

const noMetadata: Metadata = Object.freeze({});

/** What a handler gets through `@Ctx()`: the message around its parsed payload. */
export class MessageContext extends BaseRpcContext<[pattern: string, metadata: Metadata]> {
  /** 1 in the first run. */
  readonly attempt: number;
  /** The payload as it travelled, JSON text: what a signature over it is held to. */
  readonly body: string;
  readonly #header: Header;
  readonly #onWatch: (context: MessageContext) => () => void;
  #stopWatch: (() => void) | undefined;
  #controller: AbortController | undefined;
  #isAborted = false;

  /** @internal `onWatch` is called when the signal is asked for the first time; its answer ends the watch. */
  constructor(
    header: Header,
    { attempt, body }: Pick<Delivery, 'attempt' | 'body'>,
    onWatch: (context: MessageContext) => () => void,
  ) {
    super([header.p, header.m ? Object.freeze(header.m) : noMetadata]);
    this.attempt = attempt;
    this.body = body;
    this.#header = header;
    this.#onWatch = onWatch;
  }

  /** Of the request, or the topic of the event. */
  get pattern(): string {
    return this.#header.p;
  }

  /** The same in every run of one message. */
  get id(): string {
    return this.#header.i;
  }

  /** Epoch milliseconds; `Infinity` for events. */
  get deadline(): number {
    return this.#header.t ?? Infinity;
  }

  /** What the sender put beside the payload: trace, identity. */
  get metadata(): Metadata {
    return this.#header.m ?? noMetadata;
  }

  /** The service that sent it, as the envelope claims: proof is not the transport's business. */
  get sender(): string {
    return this.#header.s;
  }

  /** Nobody waits for a reply. */
  get isEvent(): boolean {
    return this.#header.k === 'e';
  }

  /** The key under which repeated requests are one; the reply is kept for it. */
  get idempotencyKey(): string | undefined {
    return this.#header.x;
  }

  /** Aborted when the caller calls it off, its deadline passes, or the drain runs out of time. */
  get signal(): AbortSignal {
    // Made when asked for: most handlers never look, and it is dear.
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
      else this.#stopWatch = this.#onWatch(this);
    }
    return this.#controller.signal;
  }

  /** Where the reply goes. */
  get inbox(): string {
    return this.#header.r ?? '';
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

  /** @internal The handler is done: from now on nothing aborts it. */
  settle(): void {
    this.#stopWatch?.();
  }
}
