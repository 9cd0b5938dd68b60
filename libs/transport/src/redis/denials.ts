import { TransportError, retryAfterMs } from '../errors.js';

/** How servers say that a user's access list forbids it: to a command, and inside a script. */
const refusal = /^NOPERM|ACL failure in script|user executing the script can't/;
/** How providers say it that have taken the commands for users away. */
const withheld = /unknown command.*\bacl\b/i;

/** Is told each time the access list refuses something; `act` completes "this client may not …". */
export type DeniedListener = (act: string) => void;

/** How servers say that they have no memory left: to a command, and inside a script. */
const outOfMemory = /^OOM |OOM command not allowed/;

/** Part of an act comes from the wire, so it is cut before anybody prints it. */
const actCharactersMax = 300;

/** Turns what a server refuses into `DENIED`, which is told, or `OVERLOADED`. */
export class Denials {
  readonly #tell: DeniedListener;

  constructor(tell: DeniedListener = () => {}) {
    this.#tell = tell;
  }

  /** Passes the outcome of `work` on, a refusal as a `TransportError` that names the act. */
  async watch<T>(act: string, work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (cause) {
      if (isOutOfMemory(cause)) {
        const message = `the broker has no memory left to ${act}: retry after ${retryAfterMs} ms`;
        throw new TransportError('OVERLOADED', message, { retryAfterMs, cause });
      }
      if (!isRefusal(cause)) throw cause;
      this.tell(act);
      const message = `the broker's access list does not let this client ${act}`;
      throw new TransportError('DENIED', message, { cause });
    }
  }

  tell(act: string): void {
    this.#tell(act.slice(0, actCharactersMax));
  }
}

const isOutOfMemory = (error: unknown): boolean =>
  error instanceof Error && outOfMemory.test(error.message);

/** Whether a server's access list said no. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return refusal.test(error.message) || withheld.test(error.message);
}
