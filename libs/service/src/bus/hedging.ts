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
export async function hedged(ask: () => Promise<string>, budget: HedgeBudget): Promise<string> {
  budget.earn();
  const first = answerOf(ask());
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), HEDGE_AFTER_MS);
  });
  try {
    const early = await Promise.race([first, late]);
    if (early) return early();
    return (await (budget.spend() ? either(first, answerOf(ask())) : first))();
  } finally {
    clearTimeout(timer);
  }
}

/** What the target said: gives its answer, or throws its refusal. */
type Answer = () => string;

const answerOf = (asked: Promise<string>): Promise<Answer> =>
  asked.then(
    (text) => () => text,
    (error: unknown) => {
      // Whether it arrived is another matter than what it was answered.
      if (!(error instanceof RemoteError)) throw error;
      return () => {
        throw error;
      };
    },
  );

const either = (first: Promise<Answer>, second: Promise<Answer>): Promise<Answer> =>
  Promise.any([first, second]).catch((error: AggregateError) => {
    throw error.errors[0];
  });
