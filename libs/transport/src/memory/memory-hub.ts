import { randomUUID } from 'node:crypto';
import type { Frame } from '../broker/port.js';
import { queueKey, requestsOf, type Queue } from '../broker/queue.js';
import { keyNames } from '../broker/key-names.js';
import { Listeners, type ChannelListener } from '../broker/listeners.js';
import { systemTime, type Time } from '../protocol/time.js';
import { MemoryQueue, type DeadLetter } from './memory-queue.js';

/** What stands in for the server: queues and channels that several brokers of a process share. */
export class MemoryHub {
  /** The clock that entries are dated by. */
  readonly time: Time;
  /** @internal Who listens on which channel. */
  readonly channels = new Listeners<ChannelListener>();
  readonly #keys = keyNames();
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #work = new Listeners<() => void>();
  readonly #scheduled = new Set<() => void>();
  #waiting = new Set<() => void>();
  #epoch = randomUUID();

  constructor(time: Time = systemTime) {
    this.time = time;
  }

  /** Names the time since the start, or since everything was forgotten. */
  get epoch(): string {
    return this.#epoch;
  }

  /** @internal One queue, made when it is first asked for. */
  queue(queue: Queue): MemoryQueue {
    const key = queueKey(queue);
    let found = this.#queues.get(key);
    if (!found) {
      const records = queue.lane && this.queue(requestsOf(queue.name)).records;
      this.#queues.set(key, (found = new MemoryQueue(queue, records)));
    }
    return found;
  }

  /** What groups gave up, the oldest first. */
  deadLetters(queue: Queue): readonly DeadLetter[] {
    return this.queue(queue).deadLetters;
  }

  /** @internal Calls `wake` once, when anything was added anywhere; the answer calls it off. */
  whenAdded(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }

  /** @internal Wakes all that `whenAdded` holds. */
  added(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** @internal Calls `listener` when events were scheduled anywhere; the answer ends that. */
  onScheduled(listener: () => void): () => void {
    this.#scheduled.add(listener);
    return () => this.#scheduled.delete(listener);
  }

  /** @internal */
  tellScheduled(): void {
    for (const listener of this.#scheduled) listener();
  }

  /** @internal Calls `listener` when members of a group left work to the others; the answer ends that. */
  onWork(group: string, listener: () => void): () => void {
    this.#work.add(group, listener);
    return () => void this.#work.remove(group, listener);
  }

  /** @internal Calls the listeners of `onWork` in a later tick. */
  tellWork(group: string): void {
    this.time.soon(() => {
      for (const listener of this.#work.of(group)) listener();
    });
  }

  /** @internal Sends a text to whoever listens, in a later tick, as a network would. */
  publish(channel: string, text: string): void {
    this.time.soon(() => {
      for (const listener of this.channels.of(channel)) listener.onText(text);
    });
  }

  /** @internal Sends replies to inboxes, and to no other channel. */
  reply(frames: readonly Frame[]): void {
    for (const { inbox, text } of frames) {
      if (this.#keys.isInbox(inbox)) this.publish(inbox, text);
    }
  }

  /** Forgets every queue, as a server does that comes back without its data. */
  wipe(): void {
    this.#queues.clear();
    this.#epoch = randomUUID();
  }
}
