import type { Delivery } from '../broker/port.js';
import type { HandledMessage } from '../observer.js';
import type { Outcome } from './consumer-loop.js';

/** What a replica says of a message that it is done with. */
export function handledMessage(
  delivery: Delivery,
  outcome: Outcome,
  { pattern, startedAt, now }: { pattern: string; startedAt: number; now: number },
): HandledMessage {
  return {
    kind: delivery.queue.kind === 'events' ? 'event' : 'request',
    pattern,
    outcome: outcomeOf(delivery, outcome),
    priority: delivery.queue.lane ?? 'normal',
    attempt: delivery.attempt,
    isTakenOver: delivery.takenFrom !== undefined,
    handlerMs: now - startedAt,
    sinceQueuedMs: Math.max(0, now - delivery.addedAt),
  };
}

function outcomeOf({ queue }: Delivery, { completion, frame }: Outcome): HandledMessage['outcome'] {
  if (completion.kind === 'retry') return 'retried';
  if (completion.kind === 'dead') return 'dead';
  if (queue.kind === 'events') return 'done';
  const { keyed } = completion;
  const kind = keyed ? keyed.reply?.kind : frame?.text.charAt(frame.text.indexOf('\n') - 1);
  if (kind === undefined) return 'dropped';
  if (kind === 'E') return 'refused';
  return kind === 'T' ? 'faulted' : 'done';
}
