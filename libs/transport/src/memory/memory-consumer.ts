import type {
  Completion,
  ConsumerPort,
  ConsumerSpec,
  Delivery,
  Frame,
  Mark,
  Queue,
  TendOptions,
} from '../broker/port.js';
import type { MemoryHub } from './memory-hub.js';

/** One member of a group on a `MemoryHub`. */
export class MemoryConsumer implements ConsumerPort {
  readonly #hub: MemoryHub;
  readonly #spec: ConsumerSpec;
  #isDead = false;
  #isInterrupted = false;
  readonly #cleanups: (() => void)[] = [];
  /** Waited for what was finished here. */
  #handedOn: Delivery[] = [];
  #wake = () => {};

  constructor(hub: MemoryHub, spec: ConsumerSpec) {
    this.#hub = hub;
    this.#spec = spec;
    const { group, onWork } = spec;
    if (onWork) this.#cleanups.push(hub.onWork(group, onWork));
  }

  async tend({ room, isDraining }: TendOptions): Promise<Delivery[]> {
    if (this.#isDead) return [];
    const { group, consumer, deadAfterMs, keepEventsMs, queues } = this.#spec;
    const now = this.#hub.time.now();
    const member = { group, consumer, now, deadAfterMs, room, isDraining, keepEventsMs };
    return queues.flatMap((queue) => this.#hub.queue(queue).tend(member));
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    const found = this.#take(room);
    if (found.length > 0 || this.#isInterrupted) return found;
    await this.#whenAdded(waitMs);
    return this.#take(room);
  }

  interrupt(): void {
    this.#isInterrupted = true;
    this.#wake();
  }

  async mark(queue: Queue, marks: readonly Mark[]): Promise<void> {
    if (this.#isDead) return;
    for (const mark of marks) this.#hub.queue(queue).mark(this.#spec.group, mark);
  }

  async handBack(deliveries: readonly Delivery[]): Promise<void> {
    if (this.#isDead) return;
    const { group, consumer } = this.#spec;
    const all = [...deliveries, ...this.#handedOn.splice(0)];
    for (const { queue, id } of all) this.#hub.queue(queue).handBack(group, consumer, id);
    if (all.length > 0) this.#hub.tellWork(group);
  }

  async finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void> {
    if (this.#isDead) return;
    const { group, consumer } = this.#spec;
    const now = this.#hub.time.now();
    for (const completion of completions) {
      this.#hub.reply(this.#hub.queue(queue).finish(group, consumer, completion, now));
    }
    this.#hub.reply(frames);
    this.#handedOn.push(...this.#hub.queue(queue).handedOn(group));
    if (this.#handedOn.length === 0) return;
    if (this.#isInterrupted) await this.handBack([]);
    else this.#wake();
  }

  async leave(): Promise<void> {
    const { group, consumer, queues } = this.#spec;
    for (const queue of queues) this.#hub.queue(queue).leave(group, consumer);
    this.kill();
    this.#hub.tellWork(group);
  }

  /** Nothing this member does has an effect any more. */
  kill(): void {
    this.#isDead = true;
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#wake();
  }

  #take(room: number): Delivery[] {
    if (this.#isDead || this.#isInterrupted) return [];
    const deliveries = this.#handedOn.splice(0);
    const { group, consumer, queues } = this.#spec;
    for (const queue of queues) {
      const left = room - deliveries.length;
      if (left <= 0) break;
      const stored = this.#hub.queue(queue);
      deliveries.push(...stored.runnable(group, consumer, stored.read(group, consumer, left)));
    }
    return deliveries;
  }

  #whenAdded(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.#hub.time.after(waitMs, () => this.#wake());
      const stopWaiting = this.#hub.whenAdded(() => this.#wake());
      this.#wake = () => {
        stopTimer();
        stopWaiting();
        this.#wake = () => {};
        resolve();
      };
    });
  }
}
