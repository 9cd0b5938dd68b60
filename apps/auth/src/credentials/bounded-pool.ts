import { Problem } from '@courtside/contracts';

/** Seconds after which a full queue has certainly been worked off. */
const RETRY_AFTER_SECONDS = 1;

/** Runs so many pieces of work at once, lets so many wait, and refuses the rest at no cost. */
export class BoundedPool {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly limits: { readonly runningMax: number; readonly waitingMax: number },
  ) {}

  /** @throws Problem `auth.busy` when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.place();
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The place goes to the next in line as it is.
      if (next) next();
      else this.running -= 1;
    }
  }

  private async place(): Promise<void> {
    const { runningMax, waitingMax } = this.limits;
    if (this.running < runningMax) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= waitingMax) {
      throw new Problem('auth.busy', `${this.waiting.length} sign-ins are waiting: try again`, {
        retryAfter: RETRY_AFTER_SECONDS,
      });
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
