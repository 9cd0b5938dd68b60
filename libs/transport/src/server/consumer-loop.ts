import type { Completion, ConsumerPort, Delivery, Frame, Mark } from '../broker/port.js';
import { entryKey, queueKey, type Queue } from '../broker/queue.js';
import type { TransportObserver } from '../observer.js';
import { InFlight } from '../protocol/in-flight.js';
import { KeyTable } from '../protocol/key-table.js';
import { TickBatch } from '../protocol/tick-batch.js';
import { pause, within, type Time } from '../protocol/time.js';

/** How a delivery ended, and what its caller is told. */
export interface Outcome {
  readonly completion: Completion;
  readonly frame?: Frame;
}

/** What whoever handles a delivery tells of it. */
export interface Work {
  /** It is over; to be called once. */
  end(delivery: Delivery, outcome: Outcome): void;
  /** One of several handlers is done. Resolves once the broker knows it. */
  mark(delivery: Delivery, handler: string): Promise<void>;
}

interface WaitingMark extends Mark {
  resolve(): void;
}

export interface ConsumerLoopOptions {
  readonly consumer: ConsumerPort;
  readonly queues: readonly Queue[];
  readonly time: Time;
  readonly maxInFlight: number;
  readonly heartbeatMs: number;
  /** Begins the work; it must not throw. */
  readonly handle: (delivery: Delivery, work: Work) => void;
  /** Sends what must leave before the ends of the same messages. */
  readonly sendParts: () => void;
  readonly onError: (doing: string, error: unknown) => void;
  readonly observer?: TransportObserver | undefined;
}

/** Enough to fill a batch, little enough that replicas share a burst. */
export const readMax = 256;
export const readWaitMs = 1_000;
export const pauseAfterErrorMs = 100;
/** What a replica that leaves grants the broker to confirm its last results. */
const finishMsMax = 2_000;

/** Reads, hands out, finishes and tends, for one member of a group. */
export class ConsumerLoop {
  readonly #options: ConsumerLoopOptions;
  readonly #inFlight: InFlight<Delivery>;
  readonly #finished: TickBatch<Outcome>;
  readonly #marks: TickBatch<WaitingMark>;
  readonly #closedWhileReading = new KeyTable<true>();
  readonly #queues: Map<string, Queue>;
  #reading: Promise<void> = Promise.resolve();
  #tending: Promise<void> | undefined;
  #stopTending = () => {};
  #isStopping = false;
  #isLeft = false;
  #tendedAt = 0;
  #isHandingOut = false;
  readonly #work: Work = {
    end: (delivery, outcome) => this.#end(delivery, outcome),
    mark: ({ queue, id }, handler) =>
      new Promise((resolve) => this.#marks.add(queueKey(queue), { id, handler, resolve })),
  };

  constructor(options: ConsumerLoopOptions) {
    this.#options = options;
    this.#inFlight = new InFlight(options.maxInFlight);
    this.#queues = new Map(options.queues.map((queue) => [queueKey(queue), queue]));
    this.#finished = new TickBatch({
      scheduler: options.time,
      send: (key, outcomes) => this.#finish(key, outcomes),
    });
    this.#marks = new TickBatch({
      scheduler: options.time,
      send: (key, marks) => this.#mark(key, marks),
    });
  }

  /** When the broker last heard of this member. */
  get tendedAt(): number {
    return this.#tendedAt;
  }

  get running(): number {
    return this.#inFlight.running;
  }

  /** Resolves once this member is announced; rejects when that fails. */
  async start(): Promise<void> {
    await this.#tendOnce();
    this.#scheduleTend();
    this.#reading = this.#read();
  }

  /** Announces this member again at once, after a reconnect. */
  tendNow(): Promise<void> {
    if (this.#isLeft) return Promise.resolve();
    this.#tending ??= this.#tendOnce()
      .catch((error: unknown) => this.#report('announcing this consumer', error))
      .finally(() => (this.#tending = undefined));
    return this.#tending;
  }

  /**
   * Stops reading, gives back what was not begun, waits up to `drainMs` for handlers, finishes,
   * leaves. False: some still ran.
   */
  async stop(drainMs: number): Promise<boolean> {
    if (this.#isLeft) return this.#inFlight.running === 0;
    this.#isStopping = true;
    const { consumer, time } = this.#options;
    consumer.interrupt();
    this.#inFlight.wake();
    const givenBack = this.#handBack();
    // From here on callers are told that this replica serves no more.
    // The first waits for one under way, which still said that it serves.
    await within(time, drainMs, this.#tending ?? Promise.resolve());
    await within(time, drainMs, this.tendNow());
    const read = Promise.all([givenBack, this.#reading]).then(() => this.#handBack());
    await within(time, drainMs, Promise.all([read, this.#inFlight.whenIdle()]));
    const isDone = this.#inFlight.running === 0;
    await within(time, finishMsMax, this.#finished.whenIdle());
    this.#isLeft = true;
    this.#stopTending();
    await within(time, finishMsMax, consumer.leave());
    return isDone;
  }

  /** Stops at once: the broker is gone for good, so nothing can be finished any more. */
  abandon(): void {
    this.#isStopping = true;
    this.#isLeft = true;
    this.#stopTending();
    this.#inFlight.wake();
  }

  async #read(): Promise<void> {
    const { consumer, time, heartbeatMs, observer } = this.#options;
    while (!this.#isStopping) {
      await this.#inFlight.whenRoom();
      if (this.#isStopping) return;
      // After a stall of this process the others may hold it for dead: announce before reading.
      if (time.now() - this.#tendedAt > 2 * heartbeatMs) await this.tendNow();
      try {
        this.#closedWhileReading.clear();
        const room = Math.min(readMax, this.#inFlight.room);
        const found = await consumer.read(room, readWaitMs);
        if (found.length > 0) observer?.batched?.({ call: 'read', messages: found.length });
        for (const delivery of found) {
          // What was looked up as unfinished may have been finished here meanwhile.
          const key = entryKey(delivery.queue, delivery.id);
          if (!this.#closedWhileReading.has(key)) this.#dispatch(delivery);
        }
        if (found.length > 0) await this.#sendReplies();
      } catch (error) {
        if (this.#isStopping) return;
        await this.tendNow();
        await this.#report('reading', error);
      }
    }
  }

  /** What has ended at once is on its way before the broker is asked for more. */
  async #sendReplies(): Promise<void> {
    await new Promise<void>((resolve) => this.#options.time.soon(resolve));
    this.#finished.flush();
  }

  async #tendOnce(): Promise<void> {
    const { consumer, time } = this.#options;
    const deliveries = await consumer.tend({
      room: this.#isStopping ? 0 : this.#inFlight.room,
      isDraining: this.#isStopping,
    });
    this.#tendedAt = time.now();
    for (const delivery of deliveries) this.#dispatch(delivery);
  }

  #scheduleTend(): void {
    this.#stopTending = this.#options.time.after(this.#options.heartbeatMs, () => {
      void this.tendNow().then(() => {
        if (!this.#isLeft) this.#scheduleTend();
      });
    });
  }

  #dispatch(delivery: Delivery): void {
    if (this.#inFlight.open(entryKey(delivery.queue, delivery.id), delivery)) this.#runMore();
  }

  /** What comes while this member leaves stays unbegun. */
  #runMore(): void {
    // What ends at once is followed by the next one in this loop, not in a call inside it.
    if (this.#isHandingOut) return;
    this.#isHandingOut = true;
    for (;;) {
      const delivery = this.#isStopping ? undefined : this.#inFlight.next();
      if (!delivery) break;
      this.#options.handle(delivery, this.#work);
    }
    this.#isHandingOut = false;
  }

  #end(delivery: Delivery, outcome: Outcome): void {
    this.#inFlight.done();
    this.#finished.add(queueKey(delivery.queue), outcome);
    this.#runMore();
  }

  async #mark(lane: string, marks: WaitingMark[]): Promise<void> {
    const queue = this.#queues.get(lane);
    if (queue) await this.#persist('noting', () => this.#options.consumer.mark(queue, marks));
    for (const { resolve } of marks) resolve();
  }

  async #handBack(): Promise<void> {
    const waiting = this.#inFlight.takeWaiting();
    for (const { queue, id } of waiting) this.#inFlight.close(entryKey(queue, id));
    try {
      await this.#options.consumer.handBack(waiting);
    } catch (error) {
      // They are taken over once this member has left.
      this.#report('handing back', error);
    }
  }

  /** Says so unless it turns out that the broker was closed: then there is nothing to mend. */
  async #report(doing: string, error: unknown): Promise<void> {
    await pause(this.#options.time, pauseAfterErrorMs);
    if (!this.#isLeft) this.#options.onError(doing, error);
  }

  async #finish(lane: string, outcomes: Outcome[]): Promise<void> {
    const { consumer, observer } = this.#options;
    const queue = this.#queues.get(lane);
    if (!queue) return;
    observer?.batched?.({ call: 'finish', messages: outcomes.length });
    this.#options.sendParts();
    const completions = outcomes.map(({ completion }) => completion);
    const frames = joinFrames(outcomes);
    const isFinished = await this.#persist('finishing', () =>
      consumer.finish(queue, completions, frames),
    );
    if (!isFinished) return;
    for (const { id } of completions) {
      const key = entryKey(queue, id);
      this.#closedWhileReading.set(key, true);
      this.#inFlight.close(key);
    }
  }

  /** The work is done: as long as this process lives, its result must not be thrown away. */
  async #persist(doing: string, act: () => Promise<void>): Promise<boolean> {
    for (;;) {
      try {
        await act();
        return true;
      } catch (error) {
        if (this.#isLeft) return false;
        await this.#report(doing, error);
      }
    }
  }
}

/** One frame per inbox, however many replies it holds. */
function joinFrames(outcomes: Outcome[]): Frame[] {
  const texts = new Map<string, string>();
  for (const { frame } of outcomes) {
    if (frame) texts.set(frame.inbox, (texts.get(frame.inbox) ?? '') + frame.text);
  }
  return [...texts].map(([inbox, text]) => ({ inbox, text }));
}
