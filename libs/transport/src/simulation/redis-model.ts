import type { Entry } from '../broker/port.js';
import { queueKey, requestsOf, type Queue } from '../broker/queue.js';
import { MemoryQueue } from '../memory/memory-queue.js';
import type { World } from './world.js';

/** What a producer sent last, by the slot of its number. */
type SentBatches = Map<number, { readonly number: number; readonly answer: unknown }>;

/** What a server keeps, and may lose. */
export class RedisData {
  readonly #requests = new Map<string, MemoryQueue>();
  readonly #events = new Map<string, MemoryQueue>();
  readonly #sent = new Map<string, SentBatches>();
  #epoch: string | undefined;

  /** The epoch it has, or from now on the one that is offered. */
  epochOr(offered: string): string {
    return (this.#epoch ??= offered);
  }

  queue(queue: Queue): MemoryQueue {
    const queues = queue.kind === 'requests' ? this.#requests : this.#events;
    const name = queue.lane ? `${queue.name} ${queue.lane}` : queue.name;
    let found = queues.get(name);
    if (!found) {
      const records = queue.lane && this.queue(requestsOf(queue.name)).records;
      queues.set(name, (found = new MemoryQueue(queue, records)));
    }
    return found;
  }

  sent(producer: string): SentBatches {
    let found = this.#sent.get(producer);
    if (!found) this.#sent.set(producer, (found = new Map()));
    return found;
  }
}

/** A command that changes data: the same data and time give the same change. */
export type Write<Result> = (data: RedisData, now: number) => Result;

interface Logged {
  readonly write: Write<unknown>;
  readonly now: number;
  readonly added: readonly Entry[];
}

/** A connection as the server sees it. */
interface Connection {
  readonly epoch: number;
  push(epoch: number, receive: () => void): void;
  cut(noticeMs: number, by: 'server'): void;
}

interface Subscription {
  readonly link: Connection;
  readonly epoch: number;
  readonly onText: (text: string) => void;
}

/** A read that waits for entries. */
export interface BlockedRead {
  readonly link: Connection;
  /** Takes entries; false while there are none. */
  readonly tryRead: () => boolean;
  readonly fail: (error: Error) => void;
  /** Ends it without entries. */
  readonly end: () => void;
}

/** A queue that a group is to empty. */
export interface Work {
  readonly queue: Queue;
  readonly group: string;
}

/** One server as its clients see it: one command after the other, channels, blocked reads, faults. */
export class RedisModel {
  readonly links = new Set<Connection>();
  readonly #world: World;
  /** Every change so far, where some are to be lost. */
  readonly #log: Logged[] | undefined;
  readonly #channels = new Map<string, Set<Subscription>>();
  readonly #blocked = new Set<BlockedRead>();
  #data = new RedisData();
  #isDown = false;
  #pausedUntil = 0;

  constructor(world: World, mayLose: boolean) {
    this.#world = world;
    if (mayLose) this.#log = [];
  }

  get data(): RedisData {
    return this.#data;
  }

  /** How long a command has to wait; for ever when it never arrives. */
  awayMs(): number {
    if (this.#isDown) return Infinity;
    return Math.max(0, this.#pausedUntil - this.#world.time.now());
  }

  write<Result>(write: Write<Result>, added: readonly Entry[] = []): Result {
    const now = this.#world.now();
    const result = write(this.#data, now);
    this.#log?.push({ write, now, added });
    if (added.length > 0) this.wake();
    return result;
  }

  publish(channel: string, text: string): void {
    for (const subscription of this.#channels.get(channel) ?? []) {
      const { link, epoch, onText } = subscription;
      if (link.epoch === epoch) link.push(epoch, () => onText(text));
      else this.#channels.get(channel)?.delete(subscription);
    }
  }

  subscribe(channel: string, subscription: Subscription): void {
    const known = this.#channels.get(channel);
    if (known) known.add(subscription);
    else this.#channels.set(channel, new Set([subscription]));
  }

  unsubscribe(channel: string, link: Connection): void {
    for (const subscription of this.#channels.get(channel) ?? []) {
      if (subscription.link === link) this.#channels.get(channel)?.delete(subscription);
    }
  }

  /** Lets a read wait for entries up to `waitMs`. */
  block(read: BlockedRead, waitMs: number): void {
    this.#blocked.add(read);
    this.#world.time.after(waitMs, () => {
      if (this.#blocked.delete(read)) read.end();
    });
  }

  unblock(link: Connection): void {
    for (const read of this.#blocked) {
      if (read.link === link && this.#blocked.delete(read)) read.end();
    }
  }

  /** Answers nobody for a while. */
  pause(ms: number): void {
    this.#world.tell(() => `the server is frozen for ${ms.toFixed(0)} ms`);
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#world.time.now() + ms);
    this.#world.journal.serverSoundSince = this.#world.now() + ms;
  }

  /** Dies, and comes back after a while without the last `lost` changes. */
  restart(awayMs: number, lost: number): void {
    this.#world.tell(() => `the server dies for ${awayMs.toFixed(0)} ms and loses ${lost} changes`);
    this.#isDown = true;
    this.#world.journal.serverSoundSince = Infinity;
    this.#blocked.clear();
    this.#channels.clear();
    for (const link of this.links) link.cut(this.#world.random.between(0, 50), 'server');
    if (lost > 0) this.#lose(lost);
    this.#world.time.after(awayMs, () => {
      this.#world.tell(() => 'the server is back');
      this.#isDown = false;
      this.#world.journal.serverSoundSince = this.#world.now();
    });
  }

  #lose(lost: number): void {
    const gone = this.#log?.splice(-lost) ?? [];
    this.#data = new RedisData();
    for (const { write, now } of this.#log ?? []) write(this.#data, now);
    this.#world.journal.loses(gone.flatMap(({ added }) => added));
  }

  isDone(work: readonly Work[]): boolean {
    return work.every(({ queue, group }) => this.#data.queue(queue).isDone(group));
  }

  /** What is still there for somebody to do. */
  openWork(work: readonly Work[]): string[] {
    return work.flatMap(({ queue, group }) => {
      if (this.#data.queue(queue).isDone(group)) return [];
      const { waiting, unfinished } = this.#data.queue(queue).backlog(group);
      return [`${queueKey(queue)} of ${group}: ${waiting} waiting, ${unfinished} unfinished`];
    });
  }

  /** Lets reads that wait look again. */
  wake(): void {
    for (const read of this.#blocked) if (read.tryRead()) this.#blocked.delete(read);
  }
}
