import { ProblemError } from '@courtside/client';
import { sentenceOf, type Output } from '@courtside/service';
import { Failed } from '../command.js';

/** One thing that somebody does, and what should come of it. */
export interface Step {
  readonly does: string;
  readonly expects: string;
  run(): Promise<void>;
}

/** What came instead of what a step expects. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

/** Undoes what the steps made, the latest first. */
export class Traces {
  private readonly undoing: Step[] = [];

  /** To be called once something is made. */
  leave(does: string, run: () => Promise<void>): void {
    this.undoing.unshift({ does, expects: 'it to be gone', run });
  }

  get steps(): readonly Step[] {
    return this.undoing;
  }
}

/**
 * Runs the steps until one fails, and then in any case what undoes them.
 * @returns how many steps there were.
 * @throws Failed with the first step that failed, what it expected and what it got.
 */
export async function walk(
  steps: readonly Step[],
  traces: Traces,
  output: Output,
): Promise<number> {
  let failure = await firstFailure(steps, output);
  let count = steps.length;
  for (const step of traces.steps) {
    const next = await firstFailure([step], output);
    failure ??= next;
    count += 1;
  }
  if (failure !== undefined) throw new Failed(failure);
  return count;
}

async function firstFailure(steps: readonly Step[], { say }: Output): Promise<string | undefined> {
  for (const { does, expects, run } of steps) {
    const since = performance.now();
    try {
      await run();
      say(`ok    ${took(since)}  ${does}`);
    } catch (error) {
      say(`FAIL  ${took(since)}  ${does}`);
      return `failed where somebody ${does}: expected ${expects}, got ${got(error)}`;
    }
  }
  return undefined;
}

const took = (since: number): string => `${Math.round(performance.now() - since)} ms`.padStart(8);

/** Answers of the platform hold no secrets, and requests are not told. */
const got = (error: unknown): string =>
  error instanceof ProblemError ? `${error.status} ${error.message}` : sentenceOf(error);
