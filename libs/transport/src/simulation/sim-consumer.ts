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
import { Holdings } from '../redis/holdings.js';
import { Link } from './link.js';
import type { RedisData, RedisModel, Write } from './redis-model.js';
import type { SimProcess } from './sim-process.js';
import type { World } from './world.js';

/** A server may hand work to a connection it does not know to be dead: look it up now and then. */
const recoverMs = 5_000;
const unblockMs = 10;
/** As often as a server goes on serving a read whose connection is gone. */
const halfOpen = 0.3;

export const workChannel = (group: string): string => `work of ${group}`;

/** One member of a group on the model of Redis: it does what `RedisConsumer` and its scripts do. */
export class SimConsumer implements ConsumerPort {
  readonly reader: Link;
  readonly #world: World;
  readonly #redis: RedisModel;
  readonly #process: SimProcess;
  readonly #commands: Link;
  readonly #spec: ConsumerSpec;
  readonly #holdings = new Holdings();
  /** Waited for what was finished here. */
  #handedOn: Delivery[] = [];
  readonly #share = new LaneShare();
  #mustRecover = true;
  #isLeaving = false;
  #isReading = false;
  #recoveredAt = 0;
  #whenReadable: (() => void)[] = [];

  constructor(
    world: World,
    redis: RedisModel,
    { process, commands }: { process: SimProcess; commands: Link },
    spec: ConsumerSpec,
  ) {
    this.#world = world;
    this.#redis = redis;
    this.#process = process;
    this.#commands = commands;
    this.#spec = spec;
    this.reader = new Link(world, redis, process, {
      resends: false,
      onLost: () => (this.#mustRecover = true),
      onReady: () => {
        for (const resolve of this.#whenReadable.splice(0)) resolve();
      },
    });
  }

  async tend(options: TendOptions): Promise<Delivery[]> {
    return this.#admit(await this.#tend(options));
  }

  #tend({ room, isDraining }: TendOptions): Promise<Delivery[]> {
    const { group, consumer, deadAfterMs, keepEventsMs, queues } = this.#spec;
    return this.#commands.call('tend', (answer) => {
      let added = 0;
      const brought = this.#redis.write((data, now) => {
        for (const queue of queues) added += data.queue(queue).addDue(now);
        if (this.#world.mutation === 'claim-by-idle-time') this.#holdAllForDead(data);
        const found: Delivery[] = [];
        // Of all steps the most frequent: no object is spread here.
        const member = { group, consumer, deadAfterMs, keepEventsMs, room, isDraining, now };
        for (const queue of queues) found.push(...data.queue(queue).tend(member));
        return this.#handOut(data, now, found);
      });
      if (added > 0) this.#redis.wake();
      this.#world.journal.announced.add(consumer);
      for (const delivery of brought) {
        if (delivery.takenFrom) this.#world.journal.takenOver(delivery, group);
      }
      answer(brought);
    });
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    if (this.#isLeaving) return [];
    this.#isReading = true;
    try {
      if (this.#handedOn.length === 0) return this.#admit(await this.#readOrRecover(room, waitMs));
      return this.#admit(this.#handedOn.splice(0));
    } finally {
      this.#isReading = false;
    }
  }

  async #readOrRecover(room: number, waitMs: number): Promise<Delivery[]> {
    if (!this.reader.isUp) await this.#untilReadable(waitMs);
    const isDue = this.#process.now() - this.#recoveredAt > recoverMs;
    if ((this.#mustRecover || isDue) && this.#world.mutation !== 'no-recovery') {
      const found = await this.#recover();
      if (found.length > 0 || this.#isLeaving) return found;
    }
    const found = await this.reader.call<Delivery[]>('read', (answer, fail) => {
      this.#read({ room, waitMs }, answer, fail);
    });
    return this.#runnable(found);
  }

  /** A second command: between the two, others may end what these wait for. */
  async #runnable(found: Delivery[]): Promise<Delivery[]> {
    const { group, consumer } = this.#spec;
    const { mutation } = this.#world;
    const isAny = found.some(({ queue, id }) => this.#redis.data.queue(queue).isOrdered(id));
    if (!isAny || mutation === 'no-order') return found;
    try {
      return await this.#change('order', (data) =>
        found.filter((one) => data.queue(one.queue).runnable(group, consumer, [one]).length > 0),
      );
    } catch (error) {
      this.#mustRecover = true;
      throw error;
    }
  }

  interrupt(): void {
    this.#isLeaving = true;
    this.#unblock();
  }

  mark(queue: Queue, marks: readonly Mark[]): Promise<void> {
    return this.#change(`mark ${marks.length}`, (data) => {
      for (const mark of marks) data.queue(queue).mark(this.#spec.group, mark);
    });
  }

  async handBack(given: readonly Delivery[]): Promise<void> {
    const deliveries = [...given, ...this.#handedOn.splice(0)];
    if (deliveries.length === 0) return;
    const { group, consumer } = this.#spec;
    for (const { queue, id } of deliveries) this.#holdings.release(queue, id);
    await this.#change(`hand back ${deliveries.length}`, (data) => {
      for (const { queue, id } of deliveries) data.queue(queue).handBack(group, consumer, id);
    });
    this.#tellWork();
  }

  async finish(queue: Queue, completions: Completion[], frames: Frame[]): Promise<void> {
    const isDropped = this.#world.mutation === 'finish-once' && !this.#commands.isUp;
    // The ends follow the replies without waiting for them.
    if (!isDropped) await Promise.all([this.#reply(frames), this.#finish(queue, completions)]);
    this.#holdings.settle(queue, completions);
  }

  #reply(frames: Frame[]): Promise<void> | undefined {
    if (frames.length === 0) return undefined;
    return this.#commands.call<void>('reply', (answer) => {
      for (const { inbox, text } of frames) this.#redis.publish(inbox, text);
      answer();
    });
  }

  async #finish(queue: Queue, completions: Completion[]): Promise<void> {
    const { group, consumer } = this.#spec;
    const { mutation } = this.#world;
    const isLeaving = this.#isLeaving;
    const work = this.#commands.call<Delivery[]>(`finish ${completions.length}`, (answer) => {
      const { told, next } = this.#redis.write((data, now) => {
        const told = completions.flatMap((completion) => {
          const isHidden = mutation === 'ack-on-failure' && completion.kind !== 'done';
          const end = isHidden ? ({ kind: 'done', id: completion.id } as const) : completion;
          return data.queue(queue).finish(group, consumer, end, now);
        });
        const next = data.queue(queue).handedOn(group);
        if (!isLeaving) return { told, next };
        for (const { id } of next) data.queue(queue).handBack(group, consumer, id);
        return { told, next: [] };
      });
      for (const { inbox, text } of told) this.#redis.publish(inbox, text);
      answer(next);
    });
    await this.#take(await work);
  }

  /** What waited for what was finished here comes with the next read, which is ended for it. */
  async #take(next: Delivery[]): Promise<void> {
    if (next.length === 0) return;
    if (this.#isLeaving) return this.handBack(next);
    this.#handedOn.push(...next);
    this.#unblock();
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    const { group, consumer, queues } = this.#spec;
    const left = this.#change('leave', (data) => {
      for (const queue of queues) data.queue(queue).leave(group, consumer);
      // From here on what it never saw is anybody's.
      this.#world.journal.consumers.delete(consumer);
    });
    await left.then(
      () => this.#tellWork(),
      () => {},
    );
    this.reader.close();
  }

  /** Again until it is over: it may come to the server after the first try. */
  #unblock(): void {
    const mustEnd = this.#isLeaving || this.#handedOn.length > 0;
    if (!this.#isReading || !mustEnd) return;
    const end = this.#commands.call<void>('unblock', (answer) => {
      this.#redis.unblock(this.reader);
      answer();
    });
    end.then(
      () => this.#process.after(unblockMs, () => this.#unblock()),
      () => {},
    );
  }

  /** The others are told to look at once. */
  #tellWork(): void {
    const told = this.#commands.call<void>('tell work', (answer) => {
      this.#redis.publish(workChannel(this.#spec.group), '');
      answer();
    });
    told.catch(() => {});
  }

  /** Takes what is to run; what was finished here is finished again, for a server that forgot it. */
  #admit(found: readonly Delivery[]): Delivery[] {
    return found.filter((delivery) => {
      const end = this.#holdings.endOf(delivery);
      if (!end) {
        this.#holdings.add(delivery);
        return true;
      }
      this.finish(delivery.queue, [end], []).catch(() => {});
      return false;
    });
  }

  /** Only between two reads: what a read under way brings must not come a second time. */
  async #recover(): Promise<Delivery[]> {
    const { group, consumer, queues } = this.#spec;
    this.#mustRecover = false;
    this.#recoveredAt = this.#process.now();
    try {
      const found = await this.#change('recover', (data) =>
        queues.flatMap((queue) => {
          if (!data.queue(queue).hasGroup(group)) throw new Error('NOGROUP');
          return data.queue(queue).heldBy(group, consumer);
        }),
      );
      return await this.#runnable(found);
    } catch (error) {
      this.#mustRecover = true;
      throw error;
    }
  }

  #read(
    { room, waitMs }: { room: number; waitMs: number },
    answer: (found: Delivery[]) => void,
    fail: (error: Error) => void,
  ): void {
    const { group, consumer, queues } = this.#spec;
    const { epoch } = this.reader;
    const isHalfOpen = this.#world.random.chance(halfOpen);
    const take = (data: RedisData, now: number) => {
      const found = takeInTurn(queues, room, this.#share, (queue, most) => {
        return most > 0 ? data.queue(queue).read(group, consumer, most) : [];
      });
      return this.#handOut(data, now, found);
    };
    const tryRead = () => {
      const isGone = this.reader.epoch !== epoch;
      if (isGone && !isHalfOpen) return true;
      if (!queues.some((queue) => this.#redis.data.queue(queue).hasNew(group))) return false;
      answer(this.#redis.write(take));
      return true;
    };
    if (!queues.every((queue) => this.#redis.data.queue(queue).hasGroup(group))) {
      return fail(new Error('NOGROUP'));
    }
    if (!tryRead()) {
      this.#redis.block({ link: this.reader, tryRead, fail, end: () => answer([]) }, waitMs);
    }
  }

  #holdAllForDead(data: RedisData): void {
    const { group, consumer, queues } = this.#spec;
    for (const other of this.#world.journal.announced) {
      if (other === consumer) continue;
      for (const queue of queues) data.queue(queue).leave(group, other);
    }
  }

  /** What the server gives away, as the fault that is built in would have it. */
  #handOut(data: RedisData, now: number, found: Delivery[]): Delivery[] {
    const { mutation } = this.#world;
    const { group, consumer } = this.#spec;
    if (mutation === 'run-again') {
      const isRequest = ({ queue }: Delivery) => queue.kind === 'requests';
      return found.map((one) => (isRequest(one) ? { ...one, attempt: 1 } : one));
    }
    if (mutation === 'ack-before-handler') {
      for (const { queue, id } of found) {
        data.queue(queue).finish(group, consumer, { kind: 'done', id }, now);
      }
    }
    return found;
  }

  #change<Answer>(name: string, write: Write<Answer>): Promise<Answer> {
    return this.#commands.call(name, (answer) => answer(this.#redis.write(write)));
  }

  #untilReadable(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const callOff = this.#process.after(waitMs, resolve);
      this.#whenReadable.push(() => {
        callOff();
        resolve();
      });
    });
  }
}
