import type { Subscriber } from 'rxjs';
import type { TransportError } from '../errors.js';
import type { Reply } from '../wire/reply-frame.js';
import { bodyOf, errorOf, faultOf, valueOf } from './reply-value.js';

/** What the caller hears: replies of the target, or one failure of the transport. */
export interface ReplyListener {
  reply(reply: Reply): void;
  fail(error: TransportError): void;
}

/** Settles a promise; of several values the last one counts. */
class PromiseListener<T> implements ReplyListener {
  readonly #read: (reply: Reply) => T;
  readonly #resolve: (value: T) => void;
  readonly #reject: (error: Error) => void;
  #last: Reply | undefined;

  constructor(
    read: (reply: Reply) => T,
    resolve: (value: T) => void,
    reject: (error: Error) => void,
  ) {
    this.#read = read;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  fail(error: TransportError): void {
    this.#reject(error);
  }

  reply(reply: Reply): void {
    if (reply.kind === 'V') return this.#resolve(this.#read(reply));
    if (reply.kind === 'N') return void (this.#last = reply);
    const error = errorOf(reply);
    if (error) this.#reject(error);
    else this.#resolve(this.#read(this.#last ?? reply));
  }
}

/**
 * Feeds the Observable of a stock `send()` as Nest's own client does: a refusal arrives as the plain
 * value it was, not wrapped in an error.
 */
export class SubscriberListener implements ReplyListener {
  readonly #subscriber: Subscriber<unknown>;

  constructor(subscriber: Subscriber<unknown>) {
    this.#subscriber = subscriber;
  }

  fail(error: TransportError): void {
    this.#subscriber.error(error);
  }

  reply(reply: Reply): void {
    switch (reply.kind) {
      case 'E':
        return this.#subscriber.error(valueOf(reply));
      case 'T':
        return this.#subscriber.error(faultOf(reply));
      case 'C':
        return this.#subscriber.complete();
      case 'N':
        return this.#subscriber.next(valueOf(reply));
      case 'V':
        this.#subscriber.next(valueOf(reply));
        this.#subscriber.complete();
    }
  }
}

/** Resolves with the value of the reply, or rejects with `RemoteError|TransportError`. */
export function valueListener(
  resolve: (value: unknown) => void,
  reject: (error: Error) => void,
): ReplyListener {
  return new PromiseListener(valueOf, resolve, reject);
}

/** Resolves with the JSON text of the reply, or rejects as `valueListener`. */
export function textListener(
  resolve: (text: string) => void,
  reject: (error: Error) => void,
): ReplyListener {
  return new PromiseListener(bodyOf, resolve, reject);
}
