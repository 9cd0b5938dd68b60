import type {
  Completion,
  ConsumerPort,
  ConsumerSpec,
  Delivery,
  Frame,
  Mark,
  TendOptions,
} from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import { LaneShare } from '../protocol/lane-share.js';
import { takeInTurn } from '../protocol/take-lanes.js';
import { WakeTimer } from '../protocol/wake-timer.js';
import type { MemoryHub } from './memory-hub.js';
import { whenAdded } from './when-added.js';

/** One member of a group on a `MemoryHub`. */
export class MemoryConsumer implements ConsumerPort {
  readonly #hub: MemoryHub;
  readonly #spec: ConsumerSpec;
  #isDead = false;
  #isInterrupted = false;
  readonly #cleanups: (() => void)[] = [];
  /** Waited for what was finished here. */
  #handedOn: Delivery[] = [];
  readonly #due: WakeTimer;
  readonly #share = new LaneShare();
  #wake = () => {};

  constructor(hub: MemoryHub, spec: ConsumerSpec) {
    this.#hub = hub;
    this.#spec = spec;
    const { group, onWork } = spec;
    if (onWork) this.#cleanups.push(hub.onWork(group, onWork));
    this.#due = new WakeTimer(hub.time, () => onWork?.());
    this.#cleanups.push(
      hub.onScheduled(() => this.#wakeWhenDue()),
      () => this.#due.stop(),
    );
  }

  async tend({ room, isDraining }: TendOptions): Promise<Delivery[]> {
    if (this.#isDead) return [];
    const { group, consumer, deadAfterMs, keepEventsMs, queues } = this.#spec;
    const now = this.#hub.time.now();
    const member = { group, consumer, now, deadAfterMs, room, isDraining, keepEventsMs };
    let added = 0;
    const brought = queues.flatMap((queue) => {
      added += this.#hub.queue(queue).addDue(now);
      return this.#hub.queue(queue).tend(member);
    });
    if (added > 0) this.#hub.added();
    this.#wakeWhenDue();
    return brought;
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    const found = this.#take(room);
    if (found.length > 0 || this.#isInterrupted) return found;
    const waiting = whenAdded(this.#hub, waitMs);
    this.#wake = waiting.wake;
    await waiting.over;
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
      if (completion.kind === 'retry') this.#due.within(completion.delayMs);
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

  #wakeWhenDue(): void {
    const { group, consumer, deadAfterMs, queues } = this.#spec;
    const now = this.#hub.time.now();
    const times = queues.flatMap((queue) => {
      const found = this.#hub.queue(queue);
      return [found.nextDue(group, now), found.nextDeath(group, consumer, deadAfterMs)];
    });
    const next = Math.min(...times);
    this.#due.set(next === Infinity ? undefined : next - now);
  }

  #take(room: number): Delivery[] {
    if (this.#isDead || this.#isInterrupted) return [];
    const { group, consumer, queues } = this.#spec;
    const first = this.#handedOn.splice(0);
    const read = takeInTurn(queues, room - first.length, this.#share, (queue, most) => {
      const stored = this.#hub.queue(queue);
      return most > 0 ? stored.runnable(group, consumer, stored.read(group, consumer, most)) : [];
    });
    return first.length > 0 ? [...first, ...read] : read;
  }
}
