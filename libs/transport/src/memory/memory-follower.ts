import type { Delivery, Follower, FollowSpec } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { WakeTimer } from '../protocol/wake-timer.js';
import type { MemoryHub } from './memory-hub.js';
import type { MemoryQueue } from './memory-queue.js';
import { whenAdded } from './when-added.js';

/** How far it is on one topic. */
interface Place {
  readonly queue: Queue;
  topic: MemoryQueue;
  at: number;
}

/** One process that reads topics of a `MemoryHub` for itself. */
export class MemoryFollower implements Follower {
  readonly #hub: MemoryHub;
  readonly #spec: FollowSpec;
  readonly #places: readonly Place[];
  readonly #due: WakeTimer;
  readonly #stopHearing: () => void;
  #isClosed = false;
  #wake = () => {};

  constructor(hub: MemoryHub, spec: FollowSpec) {
    this.#hub = hub;
    this.#spec = spec;
    this.#places = spec.topics.map((name) => {
      const queue: Queue = { kind: 'events', name };
      const topic = hub.queue(queue);
      return { queue, topic, at: topic.added };
    });
    this.#due = new WakeTimer(hub.time, () => this.#addDue());
    this.#stopHearing = hub.onScheduled(() => this.#addDue());
    this.#addDue();
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    const found = this.#take(room);
    if (found.length > 0 || this.#isClosed) return found;
    const waiting = whenAdded(this.#hub, waitMs);
    this.#wake = waiting.wake;
    await waiting.over;
    return this.#take(room);
  }

  close(): void {
    this.#isClosed = true;
    this.#due.stop();
    this.#stopHearing();
    this.#wake();
  }

  #take(room: number): Delivery[] {
    if (this.#isClosed) return [];
    const all: Delivery[] = [];
    for (const place of this.#places) {
      const isLost = place.topic !== this.#hub.queue(place.queue);
      if (isLost) Object.assign(place, { topic: this.#hub.queue(place.queue), at: 0 });
      const { found, at, isGone } = place.topic.follow(place.at, room - all.length);
      place.at = at;
      if (isLost || isGone) this.#spec.onGap(place.queue.name);
      place.topic.trimUnread(this.#hub.time.now() - this.#spec.keepEventsMs);
      all.push(...found);
    }
    return all;
  }

  #addDue(): void {
    const now = this.#hub.time.now();
    const topics = this.#places.map(({ queue }) => this.#hub.queue(queue));
    let added = 0;
    for (const topic of topics) added += topic.addDue(now);
    if (added > 0) this.#hub.added();
    const next = Math.min(...topics.map(({ schedule }) => schedule.nextAt ?? Infinity));
    this.#due.set(next === Infinity ? undefined : next - now);
  }
}
