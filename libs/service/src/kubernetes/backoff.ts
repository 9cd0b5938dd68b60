/** A fleet that lost the same server comes back spread out: never sooner than half of the time. */
const JITTER = 0.5;

/** Waits that double with each failure, up to a bound, with jitter. */
export class Backoff {
  #failures = 0;

  /** @param bounds the first wait and the longest, milliseconds. */
  constructor(private readonly bounds: { readonly firstMs: number; readonly maxMs: number }) {}

  /** How long to wait after one more failure, milliseconds. */
  next(): number {
    const { firstMs, maxMs } = this.bounds;
    const full = Math.min(maxMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return full * (1 - JITTER * Math.random());
  }

  reset(): void {
    this.#failures = 0;
  }
}
