import type { Delivery, Follower, FollowSpec } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { KeyNames } from '../broker/key-names.js';
import { systemTime, within } from '../protocol/time.js';
import type { CommandConnection, RawFields } from './commands.js';
import { whenReady } from './connections.js';
import type { Denials } from './denials.js';
import type { Reader } from './deployment.js';
import { DueEvents } from './due-events.js';
import { newDelivery, type StoredDelivery } from './entries.js';
import { named } from './group-parts.js';
import { referenceOf } from '../wire/reference.js';
import { release } from './script.js';

type ReadAnswer = [stream: string, entries: [id: string, fields: RawFields][]][] | null;

/** How often it looks whether something was missed, and adds what is due where no group does. */
const lookMs = 1_000;
/** A read that has not come back this long after its end belongs to a dead connection. */
const lateReadMs = 4_000;

/** How far this process is on one topic. */
interface Place {
  readonly queue: Queue;
  readonly stream: string;
  readonly due: DueEvents;
  last: string;
  /** How many events the server had ever added by then. */
  added: number;
}

interface FollowerParts {
  readonly spec: FollowSpec;
  readonly keys: KeyNames;
  readonly commands: CommandConnection;
  readonly denials: Denials;
  readonly reader: Reader;
}

/**
 * Reads topics whose streams lie together, by itself. Where it is, it alone knows: an answer that is lost
 * is read again, and nothing of it is left on the server when it is gone.
 */
export class RedisFollower implements Follower {
  readonly #parts: FollowerParts;
  readonly #places: readonly Place[];
  #lookedAt = 0;
  #isEnded = false;

  constructor(topics: readonly string[], parts: FollowerParts) {
    const { keys, spec } = parts;
    this.#parts = parts;
    this.#places = topics.map((name) => {
      const queue: Queue = { kind: 'events', name };
      const due = new DueEvents(queue, { ...parts, spec: { group: spec.group } });
      return { queue, stream: keys.stream(queue), due, last: '', added: 0 };
    });
    // What came while it was away is read first, and what is gone is known then.
    parts.reader.redis.on('close', () => (this.#lookedAt = 0));
  }

  /** What it hears of beside its topics. */
  get dues(): readonly DueEvents[] {
    return this.#places.map(({ due }) => due);
  }

  /** Opens its connection and begins behind the last event of each topic. */
  async connect(waitMs: number): Promise<void> {
    await whenReady(this.#parts.reader.redis, waitMs);
    await Promise.all(this.#places.map((place) => this.#look(place, 0)));
  }

  async read(room: number, waitMs: number): Promise<Delivery[]> {
    if (this.#isEnded) return [];
    if (systemTime.now() - this.#lookedAt > lookMs) {
      this.#lookedAt = systemTime.now();
      const each = Math.max(1, Math.floor(room / this.#places.length));
      const found = await Promise.all(this.#places.map((place) => this.#look(place, each)));
      if (found.some(({ length }) => length > 0)) return found.flat();
    }
    return this.#wait(room, waitMs);
  }

  close(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    for (const { due } of this.#places) due.stop();
    this.#parts.reader.redis.disconnect();
  }

  /** Asks for what is there, and whether something is gone. */
  async #look(place: Place, room: number): Promise<Delivery[]> {
    const { commands, denials, spec } = this.#parts;
    const { queue, stream, last, added, due } = place;
    void due.add();
    const work = commands.nxFollow(stream, last, added, Math.max(1, room), spec.keepEventsMs);
    const answer = await denials.watch(`read ${named(queue)}`, work);
    const [nowLast, nowAdded, isGone, entries] = answer;
    // A read that came meanwhile would be ahead of it; there is one reader, so there was none.
    place.last = nowLast;
    place.added = nowAdded;
    if (isGone === 1) spec.onGap(queue.name);
    return entries.flatMap(([id, fields]) => this.#forAll(newDelivery(queue, id, fields)));
  }

  async #wait(room: number, waitMs: number): Promise<Delivery[]> {
    const { reader, denials } = this.#parts;
    if (reader.redis.status !== 'ready') {
      await within(systemTime, waitMs, whenReady(reader.redis, waitMs));
    }
    const each = Math.max(1, Math.floor(room / this.#places.length));
    const watch = setTimeout(() => reader.redis.disconnect(true), waitMs + lateReadMs);
    try {
      reader.prepare();
      const work = reader.redis.call(
        ...['XREAD', 'COUNT', each, 'BLOCK', waitMs, 'STREAMS'],
        ...this.#places.map(({ stream }) => stream),
        ...this.#places.map(({ last }) => last),
      ) as Promise<ReadAnswer>;
      const names = this.#places.map(({ queue }) => named(queue)).join(', ');
      return this.#toDeliveries(await denials.watch(`read ${names}`, work));
    } catch (error) {
      if (this.#isEnded) return [];
      if (error instanceof Error) reader.refused(error);
      this.#lookedAt = 0;
      throw error;
    } finally {
      clearTimeout(watch);
    }
  }

  #toDeliveries(answer: ReadAnswer): Delivery[] {
    const deliveries: Delivery[] = [];
    for (const [stream, entries] of answer ?? []) {
      const place = this.#places.find((one) => one.stream === stream);
      if (!place) continue;
      for (const [id, fields] of entries) {
        deliveries.push(...this.#forAll(newDelivery(place.queue, id, fields)));
        place.last = id;
        place.added += 1;
      }
    }
    release(answer);
    return deliveries;
  }

  /** What was put back from the dead letters is for the group that gave it up. */
  #forAll(delivery: StoredDelivery): Delivery[] {
    if (delivery.onlyGroup) return [];
    const { keys, commands } = this.#parts;
    const reference = referenceOf(delivery.body);
    if (!reference) return [delivery];
    const key = keys.body(delivery.queue, reference.name);
    const fetchBody = async () => (await commands.get(key)) ?? undefined;
    return [{ ...delivery, body: '', fetchBody }];
  }
}
