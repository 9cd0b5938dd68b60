import type { Completion, Delivery, Follower } from '../broker/port.js';
import { entryKey } from '../broker/queue.js';
import type { TransportObserver } from '../observer.js';
import { InFlight } from '../protocol/in-flight.js';
import { pause, within, type Time } from '../protocol/time.js';
import { pauseAfterErrorMs, readMax, readWaitMs, type Work } from './consumer-loop.js';

export interface BroadcastLoopOptions {
  readonly follower: Follower;
  readonly time: Time;
  readonly maxInFlight: number;
  /** Begins the work; it must not throw. */
  readonly handle: (delivery: Delivery, work: Work) => void;
  readonly onError: (doing: string, error: unknown) => void;
  readonly observer?: TransportObserver | undefined;
}

/**
 * Reads what all replicas handle, for one of them. Nothing of it is kept by the broker: an event that
 * fails is tried again here, and keeps its place among those that run until it is done or given up.
 */
export class BroadcastLoop {
  readonly #options: BroadcastLoopOptions;
  readonly #inFlight: InFlight<Delivery>;
  #reading: Promise<void> = Promise.resolve();
  #isStopping = false;
  #tellStop = () => {};
  readonly #whenStopped = new Promise<void>((resolve) => (this.#tellStop = resolve));

  constructor(options: BroadcastLoopOptions) {
    this.#options = options;
    this.#inFlight = new InFlight(options.maxInFlight);
  }

  get running(): number {
    return this.#inFlight.running;
  }

  start(): void {
    this.#reading = this.#read();
  }

  /** Reads no more and waits up to `drainMs` for handlers that run. False: some still do. */
  async stop(drainMs: number): Promise<boolean> {
    this.abandon();
    await within(
      this.#options.time,
      drainMs,
      Promise.all([this.#reading, this.#inFlight.whenIdle()]),
    );
    return this.#inFlight.running === 0;
  }

  /** Stops at once. */
  abandon(): void {
    this.#isStopping = true;
    this.#tellStop();
    this.#options.follower.close();
    this.#inFlight.wake();
  }

  async #read(): Promise<void> {
    const { follower, time, observer, onError } = this.#options;
    while (!this.#isStopping) {
      await this.#inFlight.whenRoom();
      if (this.#isStopping) return;
      try {
        const room = Math.min(readMax, this.#inFlight.room);
        const found = await follower.read(room, readWaitMs);
        if (found.length > 0) observer?.batched?.({ call: 'read', messages: found.length });
        for (const delivery of found)
          this.#inFlight.open(entryKey(delivery.queue, delivery.id), delivery);
        this.#runMore();
      } catch (error) {
        if (this.#isStopping) return;
        onError('reading what is for all replicas', error);
        await pause(time, pauseAfterErrorMs);
      }
    }
  }

  #runMore(): void {
    for (;;) {
      const delivery = this.#isStopping ? undefined : this.#inFlight.next();
      if (!delivery) return;
      void this.#runToEnd(delivery).then(() => {
        this.#inFlight.close(entryKey(delivery.queue, delivery.id));
        this.#inFlight.done();
        this.#runMore();
      });
    }
  }

  async #runToEnd(first: Delivery): Promise<void> {
    const { time, onError } = this.#options;
    const done: string[] = [];
    for (let delivery = first; ; delivery = { ...first, attempt: delivery.attempt + 1, done }) {
      const completion = await this.#run(delivery, done);
      if (completion.kind === 'done') return;
      if (completion.kind === 'dead') {
        const { attempt, reason } = completion;
        return onError(`event '${first.queue.name}', ${attempt} runs in this replica,`, reason);
      }
      await within(time, completion.delayMs, this.#whenStopped);
      if (this.#isStopping) return;
    }
  }

  #run(delivery: Delivery, done: string[]): Promise<Completion> {
    return new Promise((resolve) => {
      this.#options.handle(delivery, {
        mark: async (_, handler) => void done.push(handler),
        end: (_, { completion }) => resolve(completion),
      });
    });
  }
}
