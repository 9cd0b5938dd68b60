import { RemoteError } from '@courtside/transport';

/** An answer that is not there by then may be waiting with a replica that died, milliseconds. */
export const HEDGE_AFTER_MS = 1_000;
/** One in so many requests may be asked twice: services that are slow, and not dead, get no more to do. */
const REQUESTS_FOR_ONE = 10;
const SAVED_MAX = 20;

/** How many requests may be asked twice, earned by those that are asked at all. */
export class HedgeBudget {
  private saved = SAVED_MAX;

  earn(): void {
    this.saved = Math.min(SAVED_MAX, this.saved + 1 / REQUESTS_FOR_ONE);
  }

  spend(): boolean {
    if (this.saved < 1) return false;
    this.saved -= 1;
    return true;
  }
}

/**
 * Asks what is answered alike however often it is asked, and a second time where the answer takes long:
 * another replica takes that up at once, while what a dead one held is handed over only after it was silent
 * for a while (Dean and Barroso, The Tail at Scale, 2013). The first answer counts, and a refusal is one.
 */
export function hedged(ask: () => Promise<string>, budget: HedgeBudget): Promise<string> {
  budget.earn();
  return new Promise((resolve, reject) => {
    let unanswered = 0;
    let fault: unknown;
    const send = async () => {
      unanswered += 1;
      try {
        const text = await ask();
        clearTimeout(timer);
        resolve(text);
      } catch (error) {
        unanswered -= 1;
        fault ??= error;
        // What it was answered counts at once; whether it arrived is for the other one to say, if any.
        if (error instanceof RemoteError) fault = error;
        else if (unanswered > 0) return;
        clearTimeout(timer);
        reject(fault);
      }
    };
    const timer = setTimeout(() => {
      if (budget.spend()) void send();
    }, HEDGE_AFTER_MS);
    void send();
  });
}
