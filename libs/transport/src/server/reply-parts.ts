import type { BrokerPort } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { TickBatch } from '../protocol/tick-batch.js';
import type { Scheduler } from '../protocol/time.js';
import type { MessageContext } from './message-context.js';
import { partReply } from './reply-text.js';

/** All of one inbox come from one queue. */
interface Part {
  readonly queue: Queue;
  readonly text: string;
}

/** Values before the last of a reply: at most once, as documented; the last one is kept safe. */
export class ReplyParts {
  readonly #bytesMax: number;
  readonly #parts: TickBatch<Part>;

  constructor({
    broker,
    time,
    payloadBytesMax,
  }: {
    broker: BrokerPort;
    time: Scheduler;
    payloadBytesMax: number;
  }) {
    this.#bytesMax = payloadBytesMax;
    this.#parts = new TickBatch({
      scheduler: time,
      // No bound on calls under way: a part must not leave after the end of its stream.
      unansweredMax: Infinity,
      eagerAt: () => Infinity,
      send: async (inbox, parts) => {
        const [first] = parts;
        if (!first) return;
        const text = parts.map((part) => part.text).join('');
        await broker.reply(first.queue, [{ inbox, text }]).catch(() => {});
      },
    });
  }

  /** Sends what waits now. */
  flush(): void {
    this.#parts.flush();
  }

  add(queue: Queue, { id, inbox }: MessageContext, value: unknown): void {
    this.#parts.add(inbox, { queue, text: partReply(id, value, this.#bytesMax) });
  }
}
