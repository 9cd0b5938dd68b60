import type {
  Backlog,
  Completion,
  Delivery,
  Entry,
  EventEntry,
  Frame,
  KeyedAnswer,
  KeyedEntry,
  Mark,
} from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import {
  nobody,
  waiting,
  type Group,
  type Held,
  type MemberTending,
  type Stored,
} from './memory-group.js';
import { MemoryPresence } from './memory-presence.js';
import { MemoryRecords } from './memory-records.js';
import { MemorySchedule } from './memory-schedule.js';

/** A message that a group gave up, in memory. */
export interface DeadLetter extends Entry {
  /** That it had in its queue. */
  readonly id: string;
  /** The service that could not handle it. */
  readonly group: string;
  /** What its last run failed with, in a line. */
  readonly reason: string;
  /** Runs it had. */
  readonly attempts: number;
}

interface AskLimits {
  readonly isServed: boolean;
  readonly max: number;
}

const againMs = 100;
/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadMax = 100_000;

/** One queue in memory, with the semantics of a stream and its consumer groups. */
export class MemoryQueue {
  readonly deadLetters: DeadLetter[] = [];
  readonly #queue: Queue;
  readonly #entries = new Map<number, Stored>();
  readonly #groups = new Map<string, Group>();
  readonly #lastOfSlot = new Map<number, number>();
  readonly records: MemoryRecords;
  readonly schedule = new MemorySchedule();
  #position = 0;

  /** `records`: of the idempotency keys, which the lanes of a service share. */
  constructor(queue: Queue, records = new MemoryRecords()) {
    this.#queue = queue;
    this.records = records;
  }

  get size(): number {
    return this.#entries.size;
  }

  hasServing(group: string, now: number, deadAfterMs: number): boolean {
    return this.#groups.get(group)?.presence.isServing(now, deadAfterMs) ?? false;
  }

  add({ header, body, slot }: EventEntry, now: number): void {
    const position = (this.#position += 1);
    const after = slot === undefined ? undefined : this.#lastOfSlot.get(slot);
    if (slot !== undefined) this.#lastOfSlot.set(slot, position);
    const id = `${now}-${position}`;
    this.#entries.set(position, { header, body, id, position, at: now, after });
    if (this.#groups.size === 0 && this.#entries.size > unreadMax) {
      this.#entries.delete(position - unreadMax);
    }
  }

  /** Adds the events whose time has come; answers how many. */
  addDue(now: number): number {
    const due = this.schedule.take(now);
    for (const entry of due) this.add(entry, now);
    return due.length;
  }

  /**
   * When the next event is to be added, or the next entry of a group to be tried again; what found no
   * room for that is looked at again in a moment.
   */
  nextDue(groupName: string, now: number): number {
    let next = this.schedule.nextAt ?? Infinity;
    for (const at of this.#groups.get(groupName)?.later.values() ?? []) {
      next = Math.min(next, at > now ? at : now + againMs);
    }
    return next;
  }

  /** When the next one is dead of those that hold work beside this member, unless it is heard before. */
  nextDeath(groupName: string, consumer: string, deadAfterMs: number): number {
    const group = this.#groups.get(groupName);
    if (!group) return Infinity;
    const holders = new Set([...group.held.values()].map((held) => held.consumer));
    holders.delete(consumer);
    return Math.min(...[...holders].map((name) => group.presence.deathOf(name, deadAfterMs)));
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
      const held = { consumer, attempt: 1, done: new Set<string>() };
      group.held.set(entry.position, held);
      deliveries.push(this.#deliver(entry, held));
    }
    return deliveries;
  }

  /** Those that may run: the others wait from now on for the one before them in their slot. */
  runnable(groupName: string, consumer: string, deliveries: Delivery[]): Delivery[] {
    if (this.#lastOfSlot.size === 0) return deliveries;
    const group = this.#group(groupName);
    return deliveries.filter(({ id }) => {
      const { after, position } = this.#find(id) ?? {};
      if (after === undefined || position === undefined) return true;
      const held = group.held.get(position);
      // When the question comes again, it may be with another member by now.
      if (held?.consumer !== consumer) return false;
      if (!group.held.has(after)) return true;
      held.consumer = waiting;
      held.attempt = 0;
      group.following.set(after, position);
      return false;
    });
  }

  /** Whether it may have to wait for another. */
  isOrdered(id: string): boolean {
    return this.#find(id)?.after !== undefined;
  }

  /** What waited for entries that were finished since the last call: it is the finisher's now. */
  handedOn(groupName: string): Delivery[] {
    const group = this.#group(groupName);
    if (group.handedOn.length === 0) return [];
    const positions = group.handedOn;
    group.handedOn = [];
    return positions.flatMap((position) => {
      const [entry, held] = [this.#entries.get(position), group.held.get(position)];
      return entry && held ? [this.#deliver(entry, held)] : [];
    });
  }

  /** How many were ever added. */
  get added(): number {
    return this.#position;
  }

  /**
   * Reads events without a group, from behind a position; tells where it is then, and whether some are
   * gone that were not read.
   */
  follow(after: number, room: number): { found: Delivery[]; at: number; isGone: boolean } {
    const found: Delivery[] = [];
    let isGone = false;
    let at = after;
    while (at < this.#position && found.length < room) {
      at += 1;
      const entry = this.#entries.get(at);
      if (entry) found.push(this.#deliver(entry, { attempt: 1, done: new Set() }));
      else isGone = true;
    }
    return { found, at, isGone };
  }

  /** Forgets old events of a topic that no group reads. */
  trimUnread(before: number): void {
    if (this.#groups.size === 0) this.#trim(before);
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
    if (this.schedule.size > 0) return false;
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
    const deadLetters = this.deadLetters.length;
    const scheduled = this.schedule.size;
    return { waiting, unfinished: group?.held.size ?? 0, oldestAt, deadLetters, scheduled };
  }

  /** What a member was given and has not finished, unless it waits for its next run. */
  heldBy(groupName: string, consumer: string): Delivery[] {
    const group = this.#group(groupName);
    const deliveries: Delivery[] = [];
    for (const [position, held] of group.held) {
      const entry = this.#entries.get(position);
      if (held.consumer !== consumer || group.later.has(position) || !entry) continue;
      deliveries.push(this.#deliver(entry, held));
    }
    return deliveries;
  }

  tend(member: MemberTending): Delivery[] {
    const { consumer, now, room } = member;
    const group = this.#group(member.group);
    group.presence.hear(member);
    const brought: Delivery[] = [];
    for (const [position, held] of group.held) {
      if (brought.length >= room) break;
      const dueAt = group.later.get(position);
      if (held.consumer === waiting) continue;
      const isOrphan = dueAt === undefined && !group.presence.has(held.consumer);
      if (!isOrphan && (dueAt === undefined || dueAt > now)) continue;
      group.later.delete(position);
      const entry = this.#entries.get(position);
      if (!entry) continue;
      const from = isOrphan && held.consumer !== nobody ? held.consumer : undefined;
      held.consumer = consumer;
      held.attempt += 1;
      const delivery = this.#deliver(entry, held);
      brought.push(from === undefined ? delivery : { ...delivery, takenFrom: from });
    }
    if (this.#queue.kind === 'events') this.#trim(now - member.keepEventsMs);
    return this.runnable(member.group, consumer, brought);
  }

  /** Ends the work on an entry; answers what those are told who wait for the same request. */
  finish(groupName: string, consumer: string, completion: Completion, now: number): Frame[] {
    const group = this.#group(groupName);
    const entry = this.#find(completion.id);
    const held = entry && group.held.get(entry.position);
    if (completion.kind !== 'done' && held?.consumer !== consumer) return [];
    if (completion.kind === 'retry') {
      // Told again after it was handed out for that next run.
      if (held?.attempt !== completion.attempt) return [];
      if (entry) group.later.set(entry.position, now + completion.delayMs);
      return [];
    }
    if (entry) this.#end(group, entry, consumer);
    if (completion.kind === 'dead') {
      const { id, reason, attempt } = completion;
      const { header, body } = entry as Stored;
      this.deadLetters.push({ header, body, id, group: groupName, reason, attempts: attempt });
      return [];
    }
    const { keyed } = completion;
    return keyed ? this.records.settle(keyed, entry !== undefined, now) : [];
  }

  mark(groupName: string, { id, handler }: Mark): void {
    this.#held(groupName, id)?.done.add(handler);
  }

  handBack(groupName: string, consumer: string, id: string): void {
    const held = this.#held(groupName, id);
    if (held?.consumer !== consumer) return;
    held.consumer = nobody;
    held.attempt -= 1;
  }

  /** When the first entry came that the group has not finished; `now` where there is none. */
  finishedUntil(groupName: string, now: number): number | undefined {
    const group = this.#groups.get(groupName);
    if (!group) return undefined;
    for (const [position, { at }] of this.#entries) if (isOpen(group, position)) return at;
    return now;
  }

  leave(group: string, consumer: string): void {
    this.#groups.get(group)?.presence.leave(consumer);
  }

  #end(group: Group, { position }: Stored, consumer: string): void {
    group.held.delete(position);
    group.later.delete(position);
    const next = group.following.get(position);
    group.following.delete(position);
    const held = next === undefined ? undefined : group.held.get(next);
    if (next !== undefined && held?.consumer === waiting) {
      held.consumer = consumer;
      held.attempt = 1;
      group.handedOn.push(next);
    }
    if (this.#queue.kind === 'requests') this.#entries.delete(position);
  }

  #held(groupName: string, id: string): Held | undefined {
    const entry = this.#find(id);
    return entry && this.#group(groupName).held.get(entry.position);
  }

  /** What was added under an id, unless it is gone. */
  #find(id: string): Stored | undefined {
    const entry = this.#entries.get(Number(id.slice(id.indexOf('-') + 1)));
    return entry?.id === id ? entry : undefined;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) {
      group = {
        next: 1,
        held: new Map(),
        later: new Map(),
        following: new Map(),
        handedOn: [],
        presence: new MemoryPresence(),
      };
      this.#groups.set(name, group);
    }
    return group;
  }

  #deliver(
    { id, header, body, at }: Stored,
    { attempt, done }: Pick<Held, 'attempt' | 'done'>,
  ): Delivery {
    const delivery = { queue: this.#queue, id, header, body, attempt, addedAt: at };
    return done.size > 0 ? { ...delivery, done: [...done] } : delivery;
  }

  /** Drops what every group has finished and is older than `before`. */
  #trim(before: number): void {
    const groups = [...this.#groups.values()];
    for (const [position, { at }] of this.#entries) {
      if (at >= before || groups.some((group) => isOpen(group, position))) return;
      this.#entries.delete(position);
    }
  }
}

/** Whether the group has not had an entry, or works on it. */
function isOpen({ next, held }: Group, position: number): boolean {
  return position >= next || held.has(position);
}
