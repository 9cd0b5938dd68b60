import type { Delivery } from '../broker/port.js';
import type { Work } from './consumer-loop.js';
import type { EventHandler, Handler } from './handler.js';
import type { MessageContext } from './message-context.js';

export type { EventHandler, Handler };

export interface EventRun {
  readonly delivery: Delivery;
  readonly context: MessageContext;
  readonly data: unknown;
  readonly work: Work;
}

/** An event is answered to nobody. */
const noPart = () => {};

/** Those of several handlers that are not done yet; rejects once all are over and one has failed. */
async function runOpen(
  handlers: readonly EventHandler[],
  { delivery, context, data, work }: EventRun,
): Promise<void> {
  const open = handlers.filter(({ name }) => !delivery.done?.includes(name));
  const ends = await Promise.allSettled(
    open.map(async ({ name, run }) => {
      await run(data, context, noPart);
      await work.mark(delivery, name);
    }),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Runs what an event has to be handled by; rejects when something failed. */
export function runEvent(
  handlers: readonly [EventHandler, ...EventHandler[]],
  event: EventRun,
): Promise<unknown> {
  const { delivery, context, data } = event;
  // As nearly all are: without marks, and with one promise.
  if (handlers.length === 1 && !delivery.done) return handlers[0].run(data, context, noPart);
  return runOpen(handlers, event);
}
