import { TransportError } from '../errors.js';
import type { TransportObserver } from '../observer.js';
import type { Time } from '../protocol/time.js';
import type { ReplyListener } from './reply-listeners.js';

interface Observed {
  readonly observer: TransportObserver | undefined;
  readonly time: Time;
}

/** Tells the observer when a request ends, however it does. */
export function observeRequest(
  { observer, time }: Observed,
  { target, pattern }: { target: string; pattern: string },
  listener: ReplyListener,
): { listener: ReplyListener; calledOff: () => void } {
  const startedAt = time.now();
  let isEnded = false;
  const end = (outcome: string) => {
    if (isEnded) return;
    isEnded = true;
    observer?.requested?.({ target, pattern, outcome, durationMs: time.now() - startedAt });
  };
  return {
    calledOff: () => end('CANCELLED'),
    listener: {
      fail: (error) => {
        end(error.code);
        listener.fail(error);
      },
      reply: (reply) => {
        if (reply.kind === 'E') end('refusal');
        else if (reply.kind === 'T') end(codeOf(reply.body));
        else if (reply.kind !== 'N') end('value');
        listener.reply(reply);
      },
    },
  };
}

/** Tells the observer how an event was sent. */
export async function observeEvent(
  { observer, time }: Observed,
  topic: string,
  work: Promise<void>,
  well: 'confirmed' | 'scheduled' = 'confirmed',
): Promise<void> {
  if (!observer?.emitted) return work;
  const startedAt = time.now();
  let outcome: string = well;
  try {
    await work;
  } catch (error) {
    outcome = error instanceof TransportError ? error.code : 'failed';
    throw error;
  } finally {
    observer.emitted({ topic, outcome, durationMs: time.now() - startedAt });
  }
}

/** Every code is an identifier, so no more of the text is read. */
function codeOf(body: string): string {
  return /^\{"code":"(\w+)"/.exec(body)?.[1] ?? 'UNKNOWN_OUTCOME';
}
