import { CancelledIds } from '../protocol/cancelled-ids.js';
import { KeyTable } from '../protocol/key-table.js';
import type { MessageContext } from './message-context.js';

/** The messages whose handlers run here, and the requests that were called off before they came. */
export class RunningMessages {
  readonly #running = new KeyTable<MessageContext>();
  readonly #cancelled = new CancelledIds();

  begin(context: MessageContext): void {
    this.#running.set(context.id, context);
  }

  end(context: MessageContext): void {
    this.#running.take(context.id);
    context.settle();
  }

  /** Calls off a request that runs here, or is still to come. */
  cancel(id: string): void {
    const context = this.#running.get(id);
    if (context) context.abort();
    else this.#cancelled.add(id);
  }

  isCancelled(id: string): boolean {
    return this.#cancelled.has(id);
  }

  /** Aborts the signal of everything that still runs. */
  abortAll(): void {
    for (const [, context] of this.#running.entries()) context.abort();
  }
}
