import type { Logger } from '../log/logger.js';

/** Something that is tried again and again: told once when it begins to fail and once when it works. */
export class Trouble {
  #since: number | undefined;
  #tries = 0;

  constructor(
    private readonly logger: Logger,
    /** What does not work, as a sentence. */
    private readonly what: string,
    private readonly onFailure: () => void,
  ) {}

  /** How often it failed since it last worked. */
  get tries(): number {
    return this.#tries;
  }

  met(error: unknown): void {
    this.onFailure();
    this.#tries += 1;
    this.#since ??= Date.now();
    if (this.#tries === 1) this.logger.warn({ err: error }, this.what);
  }

  over(): void {
    if (this.#since === undefined) return;
    const seconds = (Date.now() - this.#since) / 1_000;
    this.logger.info({ seconds, tries: this.#tries }, `over: ${this.what}`);
    this.#since = undefined;
    this.#tries = 0;
  }
}
