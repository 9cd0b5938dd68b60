interface Waiting {
  readonly key: string;
  readonly bytes: number;
  grant(): void;
}

/** Lets so many bytes be held at once; who wants more waits for its turn. */
export class ByteBudget {
  readonly #held = new Map<string, number>();
  readonly #waiting: Waiting[] = [];
  #free: number;
  readonly #max: number;

  constructor(bytesMax: number) {
    this.#max = bytesMax;
    this.#free = bytesMax;
  }

  /** Resolves when they may be held under that key. What alone is above the limit counts as all of it. */
  take(key: string, bytes: number): Promise<void> {
    return new Promise((grant) => {
      this.#waiting.push({ key, bytes: Math.min(bytes, this.#max), grant });
      this.#serve();
    });
  }

  release(key: string): void {
    this.#free += this.#held.get(key) ?? 0;
    this.#held.delete(key);
    this.#serve();
  }

  #serve(): void {
    for (;;) {
      const [next] = this.#waiting;
      if (!next || next.bytes > this.#free) return;
      this.#waiting.shift();
      this.#free -= next.bytes;
      this.#held.set(next.key, (this.#held.get(next.key) ?? 0) + next.bytes);
      next.grant();
    }
  }
}
