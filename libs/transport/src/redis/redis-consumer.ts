import type { KeyNames } from '../broker/key-names.js';
import type {
  Completion,
  ConsumerPort,
  ConsumerSpec,
  Delivery,
  Frame,
  Mark,
  TendOptions,
} from '../broker/port.js';
import { queueKey, type Queue } from '../broker/queue.js';
import type { DueEvents } from './due-events.js';
import { whenReady } from './connections.js';
import type { Denials } from './denials.js';
import type { Deployment, Reader } from './deployment.js';
import { storedMember, type StoredDelivery } from './entries.js';
import { FetchedBodies } from './fetched-bodies.js';
import { GroupQueue } from './group-queue.js';
import { Holdings } from './holdings.js';
import { ReadLane } from './read-lane.js';
import { ReadLanes } from './read-lanes.js';
import type { ReplySender } from './reply-sender.js';
import { Tending } from './tending.js';

/** What a consumer shares with its broker. */
export interface ConsumerParts {
  readonly deployment: Deployment;
  readonly denials: Denials;
  readonly replies: ReplySender;
}

/** One member of a group on Redis Streams, with connections of its own for blocking reads. */
export class RedisConsumer implements ConsumerPort {
  readonly #spec: ConsumerSpec;
  readonly #queues: ReadonlyMap<string, GroupQueue>;
  readonly #readers: readonly Reader[];
  readonly #lanes: ReadLanes;
  readonly #tending: Tending;
  readonly #holdings = new Holdings();
  readonly #bodies: FetchedBodies;
  #isLeaving = false;

  constructor(
    asked: ConsumerSpec,
    keys: KeyNames,
    { deployment, denials, replies }: ConsumerParts,
  ) {
    const { commands } = deployment;
    const spec = { ...asked, consumer: storedMember(asked.consumer) };
    this.#bodies = new FetchedBodies(keys, commands);
    const own = { holdings: this.#holdings, bodies: this.#bodies, replies };
    const parts = { spec, keys, commands, denials, ...own };
    const queues = spec.queues.map((queue) => new GroupQueue(queue, parts));
    this.#spec = spec;
    this.#queues = new Map(queues.map((queue) => [queueKey(queue.queue), queue]));
    this.#tending = new Tending(queues, {
      isSharded: deployment.isSharded,
      isOver: (delivery) => this.#holdings.endOf(delivery) !== undefined,
    });
    const together = deployment.together(queues.map(({ stream }) => stream));
    const lanes = together.map((streams) => {
      const reader = deployment.reader(streams);
      const read = queues.filter(({ stream }) => streams.includes(stream));
      return { reader, lane: new ReadLane({ spec, reader, queues: read, denials }) };
    });
    this.#readers = lanes.map(({ reader }) => reader);
    this.#lanes = new ReadLanes(lanes.map(({ lane }) => lane));
  }

  /** Opens the connections for reading. */
  async connect(waitMs: number): Promise<void> {
    await Promise.all(this.#readers.map(({ redis }) => whenReady(redis, waitMs)));
  }

  /** What it hears of beside its queues. */
  get dues(): readonly DueEvents[] {
    return [...this.#queues.values()].flatMap(({ due }) => due ?? []);
  }

  /** Wakes for nothing any more: the broker is gone. */
  stopWaking(): void {
    for (const queue of this.#queues.values()) queue.stopWaking();
  }

  tend(options: TendOptions): Promise<Delivery[]> {
    return this.#tending.tend(options, async (queue, given) =>
      this.#admit(await queue.tend(given)),
    );
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    if (this.#isLeaving) return [];
    return this.#admit(await this.#lanes.read(room, waitMs));
  }

  interrupt(): void {
    this.#isLeaving = true;
    this.#lanes.interrupt();
  }

  async mark(queue: Queue, marks: readonly Mark[]): Promise<void> {
    await this.#of(queue).mark(marks);
  }

  async finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void> {
    this.#lanes.freed(completions.length);
    await this.#finish(queue, completions, frames);
  }

  async handBack(deliveries: readonly Delivery[]): Promise<void> {
    const unread = this.#isLeaving ? this.#lanes.rest() : Promise.resolve([]);
    await Promise.all([this.#give(deliveries), unread.then((rest) => this.#give(rest))]);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.leave()));
    this.#lanes.disconnect();
  }

  async #finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void> {
    const next = await this.#of(queue).finish(completions, frames, !this.#isLeaving);
    if (next.length === 0) return;
    if (this.#isLeaving) await this.#give(next);
    else this.#lanes.bring(next);
  }

  async #give(deliveries: readonly Delivery[]): Promise<void> {
    const works = [...this.#queues.values()].map((queue) => {
      const given = deliveries.filter((delivery) => this.#of(delivery.queue) === queue);
      return queue.handBack(given.map(({ id }) => id));
    });
    await Promise.all(works);
  }

  /** Takes what is this member's to run; the rest is done with, here and now. */
  #admit(found: readonly StoredDelivery[]): Delivery[] {
    const admitted = found.filter((delivery) => {
      const { queue, id } = delivery;
      const isForOthers = (delivery.onlyGroup ?? this.#spec.group) !== this.#spec.group;
      const end = isForOthers ? ({ kind: 'done', id } as const) : this.#holdings.endOf(delivery);
      if (!end) {
        this.#holdings.add(delivery);
        return true;
      }
      // Should this not reach the server, it is brought again, and finished again.
      this.#finish(queue, [end], []).catch(() => {});
      return false;
    });
    return this.#bodies.attachTo(admitted);
  }

  #of(queue: Queue): GroupQueue {
    const found = this.#queues.get(queueKey(queue));
    if (!found) throw new Error(`this consumer does not read ${queueKey(queue)}`);
    return found;
  }
}
