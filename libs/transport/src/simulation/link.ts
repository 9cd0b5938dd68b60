import type { RedisModel } from './redis-model.js';
import type { SimProcess } from './sim-process.js';
import type { World } from './world.js';

/** Work for the server; it calls `answer` or `fail` once, then or later. */
export type Apply<Answer> = (answer: (value: Answer) => void, fail: (error: Error) => void) => void;

interface Command {
  readonly name: string;
  readonly apply: Apply<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  hasArrived: boolean;
  /** A connection that broke and still brought it to the server. */
  lateEpoch: number;
}

interface LinkOptions {
  /** Commands that broke are sent again by the connection itself; else they fail. */
  readonly resends: boolean;
  readonly onLost?: () => void;
  readonly onReady?: () => void;
}

/**
 * One connection of a process to the server: commands arrive and are answered in order, unless it is
 * cut. Then what was on its way may or may not arrive, and no answer comes back.
 */
export class Link {
  readonly process: SimProcess;
  readonly #world: World;
  readonly #redis: RedisModel;
  readonly #options: LinkOptions;
  /** Commands without an answer, in the order they were sent. */
  readonly #open = new Set<Command>();
  #epoch = 0;
  #isUp = true;
  #isClosed = false;
  #isInTrouble = false;
  #arrivesAt = 0;
  #answersAt = 0;

  constructor(world: World, redis: RedisModel, process: SimProcess, options: LinkOptions) {
    this.#world = world;
    this.#redis = redis;
    this.process = process;
    this.#options = options;
    redis.links.add(this);
    process.onKilled(() => this.close());
    if (redis.awayMs() > 0) {
      this.#isUp = false;
      this.#reconnect();
    }
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Which of its connections this is: another number after each cut. */
  get epoch(): number {
    return this.#epoch;
  }

  call<Answer>(name: string, apply: Apply<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const command: Command = {
        name,
        apply: apply as Apply<unknown>,
        resolve: resolve as (value: unknown) => void,
        reject,
        hasArrived: false,
        lateEpoch: -1,
      };
      if (this.#isClosed) return reject(new Error('the connection is closed'));
      this.#open.add(command);
      if (this.#isUp) this.#transmit(command);
    });
  }

  /** Something the server sends by itself, in order with all that it sends on this connection. */
  push(epoch: number, receive: () => void): void {
    this.#toClient(epoch, receive);
  }

  /**
   * Breaks it; the process notices after `noticeMs`, and connects again. What the server does to all
   * is not held to be a trouble of this process.
   */
  cut(noticeMs: number, by: 'network' | 'server' = 'network'): void {
    if (this.#isClosed || !this.#isUp) return;
    this.#world.tell(() => `a connection of ${this.process.name} breaks`);
    this.#loseSome();
    this.#isUp = false;
    this.#isInTrouble = by === 'network';
    if (this.#isInTrouble) this.process.troubleBegins();
    this.process.after(noticeMs, () => this.#notice());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#loseSome();
    this.#isClosed = true;
    this.#isUp = false;
    this.#redis.links.delete(this);
    const open = [...this.#open];
    this.#open.clear();
    if (this.process.isDead) return;
    for (const { reject } of open) reject(new Error('the connection is closed'));
  }

  #transmit(command: Command): void {
    const { time } = this.#world;
    const epoch = this.#epoch;
    command.hasArrived = false;
    this.#arrivesAt = Math.max(this.#arrivesAt, time.now() + this.#world.latency());
    time.after(this.#arrivesAt - time.now(), () => this.#arrive(command, epoch));
  }

  #arrive(command: Command, epoch: number): void {
    if (epoch !== this.#epoch && command.lateEpoch !== epoch) return;
    const waitMs = this.#redis.awayMs();
    if (waitMs === Infinity) return;
    if (waitMs > 0) {
      this.#world.time.after(waitMs, () => this.#arrive(command, epoch));
      return;
    }
    command.hasArrived = true;
    const answer = (settle: () => void) =>
      this.#toClient(epoch, () => {
        if (this.#open.delete(command)) settle();
      });
    const fail = (error: Error) => answer(() => command.reject(error));
    try {
      if (this.#world.isTraced) this.#world.tell(() => `${this.process.name}: ${command.name}`);
      command.apply((value) => answer(() => command.resolve(value)), fail);
    } catch (error) {
      fail(error as Error);
    }
  }

  #toClient(epoch: number, receive: () => void): void {
    if (epoch !== this.#epoch) return;
    const { time } = this.#world;
    this.#answersAt = Math.max(this.#answersAt, time.now() + this.#world.latency());
    time.after(this.#answersAt - time.now(), () => {
      if (epoch === this.#epoch) this.process.run(receive);
    });
  }

  /** Of what is on its way, the first few still arrive; nothing comes back. */
  #loseSome(): void {
    const underway = [...this.#open].filter(({ hasArrived }) => !hasArrived);
    const still = this.#world.random.below(underway.length + 1);
    for (const command of underway.slice(0, still)) command.lateEpoch = this.#epoch;
    this.#epoch += 1;
  }

  #notice(): void {
    if (this.#isClosed) return;
    this.#options.onLost?.();
    if (!this.#options.resends) {
      const broken = [...this.#open];
      this.#open.clear();
      for (const { reject } of broken) reject(new Error('the connection broke'));
    }
    this.#reconnect();
  }

  #reconnect(): void {
    this.process.after(this.#world.random.between(5, 500), () => {
      if (this.#isClosed) return;
      if (this.#redis.awayMs() > 0) return this.#reconnect();
      this.#isUp = true;
      if (this.#isInTrouble) this.process.troubleEnds();
      this.#isInTrouble = false;
      this.#options.onReady?.();
      for (const command of this.#open) this.#transmit(command);
    });
  }
}
