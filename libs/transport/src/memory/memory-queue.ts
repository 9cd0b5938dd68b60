import type {
  Backlog,
  Completion,
  Delivery,
  Entry,
  Frame,
  KeyedAnswer,
  KeyedEntry,
  Queue,
} from '../broker/port.js';
import { MemoryRecords } from './memory-records.js';

/** An entry that was handed out and is not acknowledged. */
interface Held {
  consumer: string;
  attempt: number;
}

/** Entries are kept by their position, which the id ends with. */
interface Group {
  /** Position of the next entry nobody of the group has had. */
  next: number;
  readonly held: Map<number, Held>;
  readonly later: Map<number, number>;
  /** Member to its last sign of life; a draining one does not serve. */
  readonly presence: Map<string, { at: number; isDraining: boolean }>;
}

interface Stored extends Entry {
  /** Time and position: not used again by another life of the queue. */
  readonly id: string;
  readonly position: number;
  readonly at: number;
}

export interface DeadLetter extends Entry {
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly attempts: number;
}

export interface MemberTending {
  readonly group: string;
  readonly consumer: string;
  readonly now: number;
  readonly deadAfterMs: number;
  readonly room: number;
  readonly isDraining: boolean;
  readonly keepEventsMs: number;
}

interface AskLimits {
  readonly isServed: boolean;
  readonly max: number;
}

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadMax = 100_000;

/** One queue in memory, with the semantics of a stream and its consumer groups. */
export class MemoryQueue {
  readonly deadLetters: DeadLetter[] = [];
  readonly #queue: Queue;
  readonly #entries = new Map<number, Stored>();
  readonly #groups = new Map<string, Group>();
  readonly records = new MemoryRecords();
  #position = 0;

  constructor(queue: Queue) {
    this.#queue = queue;
  }

  get size(): number {
    return this.#entries.size;
  }

  hasServing(group: string, now: number, deadAfterMs: number): boolean {
    for (const { at, isDraining } of this.#groups.get(group)?.presence.values() ?? []) {
      if (!isDraining && at >= now - deadAfterMs) return true;
    }
    return false;
  }

  add(entry: Entry, now: number): void {
    const position = (this.#position += 1);
    const { header, body } = entry;
    this.#entries.set(position, { header, body, id: `${now}-${position}`, position, at: now });
    if (this.#groups.size === 0 && this.#entries.size > unreadMax) {
      this.#entries.delete(position - unreadMax);
    }
  }

  /** Adds a request that has an idempotency key, or tells what is known of it. */
  ask(entry: KeyedEntry, now: number, { isServed, max }: AskLimits): KeyedAnswer {
    const known = this.records.ask(entry, now);
    if (known !== 'new') return known;
    if (!isServed) return { kind: 'refused', reason: 'NO_CONSUMER' };
    if (this.size >= max) return { kind: 'refused', reason: 'OVERLOADED' };
    this.add({ header: entry.header, body: entry.body }, now);
    this.records.begin(entry, now);
    return { kind: 'queued' };
  }

  read(groupName: string, consumer: string, room: number): Delivery[] {
    const group = this.#group(groupName);
    const deliveries: Delivery[] = [];
    while (group.next <= this.#position && deliveries.length < room) {
      const entry = this.#entries.get(group.next);
      group.next += 1;
      if (!entry) continue;
      group.held.set(entry.position, { consumer, attempt: 1 });
      deliveries.push(this.#deliver(entry, 1));
    }
    return deliveries;
  }

  hasGroup(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Whether there may be an entry that nobody of the group has had. */
  hasNew(group: string): boolean {
    return (this.#groups.get(group)?.next ?? 1) <= this.#position;
  }

  /** Whether the group has done all there is. */
  isDone(name: string): boolean {
    const group = this.#groups.get(name);
    return group ? group.next > this.#position && group.held.size === 0 : this.#entries.size === 0;
  }

  backlog(name: string): Backlog {
    const group = this.#groups.get(name);
    let waiting = 0;
    let oldestAt: number | undefined;
    for (const [position, { at }] of this.#entries) {
      const isNew = position >= (group?.next ?? 1);
      if (!isNew && !group?.held.has(position)) continue;
      if (isNew) waiting += 1;
      oldestAt ??= at;
    }
    return { waiting, unfinished: group?.held.size ?? 0, oldestAt };
  }

  /** What a member was given and has not finished, unless it waits for its next run. */
  heldBy(groupName: string, consumer: string): Delivery[] {
    const group = this.#group(groupName);
    const deliveries: Delivery[] = [];
    for (const [position, held] of group.held) {
      const entry = this.#entries.get(position);
      if (held.consumer !== consumer || group.later.has(position) || !entry) continue;
      deliveries.push(this.#deliver(entry, held.attempt));
    }
    return deliveries;
  }

  tend(member: MemberTending): Delivery[] {
    const { consumer, now, deadAfterMs, room, isDraining } = member;
    const group = this.#group(member.group);
    group.presence.set(consumer, { at: now, isDraining });
    for (const [name, { at }] of group.presence) {
      if (at < now - deadAfterMs) group.presence.delete(name);
    }
    const brought: Delivery[] = [];
    for (const [position, held] of group.held) {
      if (brought.length >= room) break;
      const dueAt = group.later.get(position);
      const isOrphan = dueAt === undefined && !group.presence.has(held.consumer);
      if (!isOrphan && (dueAt === undefined || dueAt > now)) continue;
      group.later.delete(position);
      const entry = this.#entries.get(position);
      if (!entry) continue;
      const from = isOrphan ? held.consumer : undefined;
      held.consumer = consumer;
      held.attempt += 1;
      const delivery = this.#deliver(entry, held.attempt);
      brought.push(from === undefined ? delivery : { ...delivery, takenFrom: from });
    }
    if (this.#queue.kind === 'events') this.#trim(now - member.keepEventsMs);
    return brought;
  }

  /** Ends the work on an entry; answers what those are told who wait for the same request. */
  finish(groupName: string, consumer: string, completion: Completion, now: number): Frame[] {
    const group = this.#group(groupName);
    const entry = this.#find(completion.id);
    const held = entry && group.held.get(entry.position);
    if (completion.kind !== 'done' && held?.consumer !== consumer) return [];
    if (completion.kind === 'retry') {
      if (entry) group.later.set(entry.position, now + completion.delayMs);
      return [];
    }
    if (entry) this.#end(group, entry);
    if (completion.kind === 'dead') {
      const { id, reason, attempt } = completion;
      const { header, body } = entry as Stored;
      this.deadLetters.push({ header, body, id, group: groupName, reason, attempts: attempt });
      return [];
    }
    const { keyed } = completion;
    return keyed ? this.records.settle(keyed, held !== undefined, now) : [];
  }

  leave(group: string, consumer: string): void {
    this.#groups.get(group)?.presence.delete(consumer);
  }

  #end(group: Group, { position }: Stored): void {
    group.held.delete(position);
    group.later.delete(position);
    if (this.#queue.kind === 'requests') this.#entries.delete(position);
  }

  /** What was added under an id, unless it is gone. */
  #find(id: string): Stored | undefined {
    const entry = this.#entries.get(Number(id.slice(id.indexOf('-') + 1)));
    return entry?.id === id ? entry : undefined;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) {
      group = { next: 1, held: new Map(), later: new Map(), presence: new Map() };
      this.#groups.set(name, group);
    }
    return group;
  }

  #deliver({ id, header, body }: Stored, attempt: number): Delivery {
    return { queue: this.#queue, id, header, body, attempt };
  }

  /** Drops what every group has finished and is older than `before`. */
  #trim(before: number): void {
    const groups = [...this.#groups.values()];
    for (const [position, { at }] of this.#entries) {
      const isOpen = groups.some((group) => group.next <= position || group.held.has(position));
      if (isOpen || at >= before) return;
      this.#entries.delete(position);
    }
  }
}
