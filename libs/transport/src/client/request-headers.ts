import type { RequestKey } from '../protocol/idempotency.js';
import type { Effect, Metadata } from '../wire/header.js';

/** What differs from one request to the next. */
export interface RequestHead {
  readonly id: string;
  readonly pattern: string;
  readonly effect: Effect;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly metadata?: Metadata | undefined;
  readonly key?: RequestKey | undefined;
}

/** A caller that makes up patterns must not fill the memory. */
const patternsMax = 1_000;

/**
 * Writes the headers of one client's requests. Most of a header is the same for all requests of a
 * pattern, so that part is written once.
 */
export class RequestHeaders {
  readonly #sender: string;
  readonly #inbox: string;
  readonly #starts = new Map<string, string>();

  constructor(sender: string, inbox: string) {
    this.#sender = sender;
    this.#inbox = inbox;
  }

  /** The header as it travels: format 1, see `docs/contract.md`. */
  write({ id, pattern, effect, deadline, metadata, key }: RequestHead): string {
    const text = `${this.#startOf(pattern, effect)}"${id}","t":${deadline}`;
    if (!metadata && !key) return `${text}}`;
    const m = metadata ? `,"m":${JSON.stringify(metadata)}` : '';
    const x = key ? `,"x":${JSON.stringify(key.key)},"xf":"${key.print}","xt":${key.keepMs}` : '';
    return `${text}${m}${x}}`;
  }

  #startOf(pattern: string, effect: Effect): string {
    const name = `${effect} ${pattern}`;
    let start = this.#starts.get(name);
    if (start === undefined) {
      if (this.#starts.size >= patternsMax) this.#starts.clear();
      const same = { v: 1, k: 'q', p: pattern, s: this.#sender, r: this.#inbox, e: effect };
      start = `${JSON.stringify(same).slice(0, -1)},"i":`;
      this.#starts.set(name, start);
    }
    return start;
  }
}
