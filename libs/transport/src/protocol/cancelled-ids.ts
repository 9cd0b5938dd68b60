/** Ids of requests that were called off before they were read; the oldest make room. */
export class CancelledIds {
  readonly #max: number;
  readonly #ids = new Set<string>();

  constructor(max = 10_000) {
    this.#max = max;
  }

  add(id: string): void {
    if (this.#ids.size >= this.#max) {
      const [oldest] = this.#ids;
      if (oldest !== undefined) this.#ids.delete(oldest);
    }
    this.#ids.add(id);
  }

  /** Whether it was called off. It stays so: a broken connection may bring the request again. */
  has(id: string): boolean {
    return this.#ids.has(id);
  }
}
