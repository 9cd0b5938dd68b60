import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from './start-error.js';

/** What is around the app is not as it has to be. `message` says it all: no trace belongs to it. */
export class SetupError extends StartError {
  override readonly name = 'SetupError';
}

/** What is not there yet. */
export interface Missing {
  /** As the end of a sentence: `the database of users`. */
  readonly what: string;
  readonly because: string;
}

export interface Patience {
  /** Milliseconds. */
  readonly deadlineMs: number;
  /** Tells a person what is waited for. */
  readonly tell: (missing: Missing) => void;
}

interface Waiting<T> extends Patience {
  readonly what: string;
  /** Rejects with a sentence for as long as it is not there; a `SetupError` ends the waiting. */
  readonly look: () => Promise<T>;
  /** Whether waiting may mend what `look` rejected with; anything may unless given. */
  readonly mayPass?: (error: unknown) => boolean;
}

/** Often enough that nobody waits for us, seldom enough for a server that many wait for. */
const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 10_000;

/**
 * Waits for what others bring about. What it waits for is told at once, every ten seconds, and
 * whenever it is something else.
 * @throws SetupError saying what was missing at the end; what may not pass, as it is.
 */
export async function awaited<T>(waiting: Waiting<T>): Promise<T> {
  const { what, deadlineMs, tell, look, mayPass = () => true } = waiting;
  const since = performance.now();
  let told = { because: '', at: -Infinity };
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (error instanceof SetupError || !mayPass(error)) throw error;
      const because = sentenceOf(error);
      const now = performance.now();
      if (now - since >= deadlineMs) {
        const seconds = Math.round(deadlineMs / 1_000);
        throw new SetupError(`${what}: not there within ${seconds} s: ${because}`, {
          cause: error,
        });
      }
      if (because !== told.because || now - told.at >= TELL_EVERY_MS) {
        told = { because, at: now };
        tell({ what, because });
      }
      await pause(Math.min(LOOK_EVERY_MS, deadlineMs));
    }
  }
}

/** What is wrong in one line, also where it stands in the cause, or once for each address of a name. */
export function sentenceOf(error: unknown): string {
  const { message, cause, errors } = (error ?? {}) as Partial<AggregateError>;
  if (!message) return errors?.[0] === undefined ? String(error) : sentenceOf(errors[0]);
  const reason = cause === undefined ? '' : sentenceOf(cause);
  return reason === '' || message.includes(reason) ? message : `${message}: ${reason}`;
}
