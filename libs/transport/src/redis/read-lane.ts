import type { ConsumerSpec } from '../broker/port.js';
import { pause, systemTime } from '../protocol/time.js';
import type { RawFields } from './commands.js';
import type { Denials } from './denials.js';
import type { Reader } from './deployment.js';
import { newDelivery, type StoredDelivery } from './entries.js';
import { named, type GroupQueue } from './group-queue.js';

type ReadAnswer = [stream: string, entries: [id: string, fields: RawFields | null][]][] | null;

/** With less room than queues each look is short, so that no queue waits long for its turn. */
export const shortWaitMs = 20;
/** A server may hand work to a connection it does not know to be dead: look it up now and then. */
const recoverMs = 5_000;
/** A read that has not come back this long after its end belongs to a dead connection. */
const lateReadMs = 4_000;
const unblockMs = 10;
const heldUpMs = 100;

export interface ReadLaneOptions {
  readonly spec: ConsumerSpec;
  readonly reader: Reader;
  /** Those whose streams this connection reads. */
  readonly queues: readonly GroupQueue[];
  readonly denials: Denials;
}

/** One blocking read at a time, of queues whose streams lie together. */
export class ReadLane {
  readonly #options: ReadLaneOptions;
  /** What it does, for who may not do it. */
  readonly #act: string;
  #readerId: number | undefined;
  #mustRecover = true;
  #recoveredAt = 0;
  #turn = 0;
  #isInterrupted = false;
  /** What the read under way may bring; 0 when there is none. */
  asked = 0;
  /** The last read brought all that it asked for. */
  isFull = false;

  constructor(options: ReadLaneOptions) {
    this.#options = options;
    this.#act = `read ${options.queues.map(({ queue }) => named(queue)).join(', ')}`;
    const { redis } = options.reader;
    // What a broken connection was given is in this consumer's name, but was never seen.
    redis.on('close', () => (this.#mustRecover = true));
    redis.on('ready', () => void this.#learnId());
    if (redis.status === 'ready') void this.#learnId();
  }

  async read(count: number, waitMs: number): Promise<StoredDelivery[]> {
    this.asked = count;
    try {
      const found = await this.#readOrRecover(count, waitMs);
      this.isFull = found.length >= count;
      return found;
    } finally {
      this.asked = 0;
    }
  }

  /** Ends a read that waits; where that is forbidden, it ends by itself within its wait. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#unblock().catch(() => {});
  }

  disconnect(): void {
    this.#options.reader.redis.disconnect();
  }

  async #readOrRecover(count: number, waitMs: number): Promise<StoredDelivery[]> {
    const { reader, queues } = this.#options;
    if (reader.redis.status !== 'ready') await this.#whenReadable(waitMs);
    const isDue = Date.now() - this.#recoveredAt > recoverMs;
    if (this.#mustRecover || isDue || queues.some(({ isUnsure }) => isUnsure)) {
      const found = await this.#recover();
      if (found.length > 0 || this.#isInterrupted) return found;
    }
    const open = queues.filter(({ isHeldUp }) => !isHeldUp);
    if (open.length === 0) return this.#pause(waitMs);
    const all = open.map(({ stream }) => stream);
    const streams = all.length > count ? this.#nextTurn(all, count) : all;
    const each = Math.max(1, Math.floor(count / streams.length));
    const blockMs = streams.length < all.length ? Math.min(waitMs, shortWaitMs) : waitMs;
    return this.#runnable(await this.#readGroup(streams, each, blockMs));
  }

  /** Again until it is over: it may come to the server after the first try. */
  async #unblock(): Promise<void> {
    while (this.asked > 0) {
      const isOver = this.#readerId && (await this.#options.reader.unblock(this.#readerId));
      if (isOver) return;
      await pause(systemTime, unblockMs);
    }
  }

  /** Only between two reads: what a read under way brings must not come a second time. */
  async #recover(): Promise<StoredDelivery[]> {
    this.#mustRecover = false;
    this.#recoveredAt = Date.now();
    try {
      const found = this.#options.queues.map((queue) => queue.recover());
      return (await Promise.all(found)).flat();
    } catch (error) {
      this.#mustRecover = true;
      throw error;
    }
  }

  async #readGroup(streams: string[], count: number, blockMs: number): Promise<ReadAnswer> {
    const { spec, reader, denials } = this.#options;
    const watch = setTimeout(() => reader.redis.disconnect(true), blockMs + lateReadMs);
    try {
      reader.prepare();
      const work = reader.redis.call(
        'XREADGROUP',
        'GROUP',
        spec.group,
        spec.consumer,
        'COUNT',
        count,
        'BLOCK',
        blockMs,
        'STREAMS',
        ...streams,
        ...streams.map(() => '>'),
      ) as Promise<ReadAnswer>;
      return await denials.watch(this.#act, work);
    } catch (error) {
      if (error instanceof Error) reader.refused(error);
      throw error;
    } finally {
      clearTimeout(watch);
    }
  }

  async #runnable(answer: ReadAnswer): Promise<StoredDelivery[]> {
    const deliveries: StoredDelivery[] = [];
    for (const [stream, entries] of answer ?? []) {
      const queue = this.#options.queues.find((one) => one.stream === stream);
      if (!queue) continue;
      const found = entries.map(([id, fields]) => newDelivery(queue.queue, id, fields ?? []));
      try {
        deliveries.push(...(await queue.runnable(found)));
      } catch {
        // They are this member's all the same, and will be looked up.
        this.#mustRecover = true;
      }
    }
    return deliveries;
  }

  /** Nothing is to be read until some of what waits has run. */
  async #pause(waitMs: number): Promise<StoredDelivery[]> {
    await pause(systemTime, Math.min(waitMs, heldUpMs));
    return [];
  }

  #nextTurn(streams: string[], room: number): string[] {
    this.#turn = (this.#turn + room) % streams.length;
    return [...streams.slice(this.#turn), ...streams.slice(0, this.#turn)].slice(0, room);
  }

  async #learnId(): Promise<void> {
    this.#readerId = await this.#options.reader.redis.client('ID').catch(() => undefined);
  }

  #whenReadable(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#options.reader.redis.once('ready', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
