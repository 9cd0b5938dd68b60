import type { ConsumerSpec } from '../broker/port.js';
import { pause, systemTime } from '../protocol/time.js';
import type { RawFields } from './commands.js';
import type { Denials } from './denials.js';
import type { Reader } from './deployment.js';
import { newDelivery, type StoredDelivery } from './entries.js';
import { named } from './group-parts.js';
import type { GroupQueue } from './group-queue.js';
import { RequestLanes } from './request-lanes.js';
import { release } from './script.js';

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

/** Streams that are read in turn where there is little room: both lanes of requests are one. */
type Source = readonly string[];

/** One blocking read at a time, of queues whose streams lie together. */
export class ReadLane {
  readonly #options: ReadLaneOptions;
  readonly #requests: RequestLanes | undefined;
  /** What it does, for who may not do it. */
  readonly #act: string;
  #readerId: number | undefined;
  #sources: readonly Source[] | undefined;
  /** A read brought as many requests as it asked for: there may be more. */
  #requestsWait = false;
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
    const { redis } = options.reader;
    this.#requests = RequestLanes.of(options.queues, options.reader, options.spec);
    this.#act = `read ${options.queues.map(({ queue }) => named(queue)).join(', ')}`;
    // What a broken connection was given is in this consumer's name, but was never seen.
    redis.on('close', () => (this.#mustRecover = true));
    redis.on('ready', () => void this.#learnId());
    if (redis.status === 'ready') void this.#learnId();
  }

  async read(count: number, waitMs: number): Promise<StoredDelivery[]> {
    this.asked = count;
    try {
      const found = await this.#readOrRecover(count, waitMs);
      this.isFull ||= found.length >= count;
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
    const sources = this.#openSources();
    if (sources.length === 0) return this.#pause(waitMs);
    const chosen = sources.length > count ? this.#nextTurn(sources, count) : sources;
    const waiting = await this.#takeWaiting(chosen, count);
    if (waiting.length > 0) return waiting;
    const streams = chosen.flat();
    const each = Math.max(1, Math.floor(count / streams.length));
    const blockMs = chosen.length < sources.length ? Math.min(waitMs, shortWaitMs) : waitMs;
    this.isFull = false;
    return this.#readGroup(streams, each, blockMs);
  }

  /** After a read that left requests behind: those, in the share of their lanes, and what else waits. */
  async #takeWaiting(chosen: readonly Source[], count: number): Promise<StoredDelivery[]> {
    const lanes = this.#requests;
    if (!this.#requestsWait || !lanes || !chosen.includes(lanes.streams)) return [];
    const share = Math.max(1, Math.floor(count / chosen.length));
    const found = await this.#guarded(0, () => lanes.take(share));
    this.#requestsWait = found.length >= share;
    const others = chosen.filter((source) => source !== lanes.streams).flat();
    if (found.length === 0 || others.length === 0) return found;
    return [...found, ...(await this.#readGroup(others, share))];
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

  /** Without `blockMs` it waits for none. */
  async #readGroup(
    streams: readonly string[],
    count: number,
    blockMs?: number,
  ): Promise<StoredDelivery[]> {
    const { spec, reader } = this.#options;
    const answer = await this.#guarded(blockMs ?? 0, () => {
      return reader.redis.call(
        ...['XREADGROUP', 'GROUP', spec.group, spec.consumer],
        ...['COUNT', count],
        ...(blockMs === undefined ? [] : ['BLOCK', blockMs]),
        ...['STREAMS', ...streams, ...streams.map(() => '>')],
      ) as Promise<ReadAnswer>;
    });
    const found = await this.#runnable(answer, count);
    release(answer);
    return found;
  }

  /** Reads what should be there after `waitMs`; a connection on which it is not is dead. */
  async #guarded<Answer>(waitMs: number, read: () => Promise<Answer>): Promise<Answer> {
    const { reader, denials } = this.#options;
    const watch = setTimeout(() => reader.redis.disconnect(true), waitMs + lateReadMs);
    try {
      reader.prepare();
      return await denials.watch(this.#act, read());
    } catch (error) {
      if (error instanceof Error) reader.refused(error);
      this.#sources = undefined;
      throw error;
    } finally {
      clearTimeout(watch);
    }
  }

  async #runnable(answer: ReadAnswer, count: number): Promise<StoredDelivery[]> {
    const deliveries: StoredDelivery[] = [];
    for (const [stream, entries] of answer ?? []) {
      const found = this.#options.queues.find((queue) => queue.stream === stream);
      if (!found) continue;
      if (entries.length >= count) {
        this.isFull = true;
        this.#requestsWait ||= found.queue.kind === 'requests';
      }
      const { queue } = found;
      const given = entries.map(([id, fields]) => newDelivery(queue, id, fields ?? []));
      try {
        deliveries.push(...(await found.runnable(given)));
      } catch {
        // They are this member's all the same, and will be looked up.
        this.#mustRecover = true;
      }
    }
    return deliveries;
  }

  /** Those of which more may be read now. */
  #openSources(): readonly Source[] {
    const { queues } = this.#options;
    const sources = (this.#sources ??= sourcesOf(queues, this.#requests));
    const full = queues.filter(({ isHeldUp }) => isHeldUp).map(({ stream }) => stream);
    return full.length === 0 ? sources : sources.filter(([first = '']) => !full.includes(first));
  }

  /** Nothing is to be read until some of what waits has run. */
  async #pause(waitMs: number): Promise<StoredDelivery[]> {
    await pause(systemTime, Math.min(waitMs, heldUpMs));
    return [];
  }

  #nextTurn<Source>(sources: readonly Source[], room: number): Source[] {
    this.#turn = (this.#turn + room) % sources.length;
    return [...sources.slice(this.#turn), ...sources.slice(0, this.#turn)].slice(0, room);
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

function sourcesOf(queues: readonly GroupQueue[], requests: RequestLanes | undefined): Source[] {
  const open = queues.filter(({ isForbidden }) => !isForbidden);
  const lanes = open.length === queues.length ? requests?.streams : undefined;
  const others = open.filter(({ stream }) => !lanes?.includes(stream));
  return [...(lanes ? [lanes] : []), ...others.map(({ stream }) => [stream])];
}
