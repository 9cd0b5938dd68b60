import type { Completion, Delivery, Entry, Mark, Queue } from '../broker/port.js';

/** An entry that was handed out and is not acknowledged. */
interface Held {
  consumer: string;
  attempt: number;
  /** Handlers of several that are done with it. */
  readonly done: Set<string>;
}

/** Holds what nobody has begun, and never lives. */
const nobody = '(nobody)';

interface Group {
  /** Position of the next entry nobody of the group has had. */
  next: number;
  readonly held: Map<string, Held>;
  readonly later: Map<string, number>;
  /** Member to its last sign of life; a draining one does not serve. */
  readonly presence: Map<string, { at: number; isDraining: boolean }>;
}

interface Stored extends Entry {
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

/** A topic to which nobody has ever subscribed keeps this many events. */
const unreadMax = 100_000;

/** One queue in memory, with the semantics of a stream and its consumer groups. */
export class MemoryQueue {
  readonly deadLetters: DeadLetter[] = [];
  readonly #queue: Queue;
  readonly #entries = new Map<string, Stored>();
  readonly #groups = new Map<string, Group>();
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
    this.#position += 1;
    const stored = { ...entry, position: this.#position, at: now };
    this.#entries.set(String(this.#position), stored);
    if (this.#groups.size === 0 && this.#entries.size > unreadMax) {
      this.#entries.delete(String(this.#position - unreadMax));
    }
  }

  read(groupName: string, consumer: string, room: number): Delivery[] {
    const group = this.#group(groupName);
    const deliveries: Delivery[] = [];
    while (group.next <= this.#position && deliveries.length < room) {
      const id = String(group.next);
      const entry = this.#entries.get(id);
      group.next += 1;
      if (!entry) continue;
      const held = { consumer, attempt: 1, done: new Set<string>() };
      group.held.set(id, held);
      deliveries.push(this.#deliver(id, entry, held));
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
    for (const [id, held] of group.held) {
      if (brought.length >= room) break;
      const dueAt = group.later.get(id);
      const isOrphan = dueAt === undefined && !group.presence.has(held.consumer);
      if (!isOrphan && (dueAt === undefined || dueAt > now)) continue;
      group.later.delete(id);
      const entry = this.#entries.get(id);
      if (!entry) continue;
      held.consumer = consumer;
      held.attempt += 1;
      brought.push(this.#deliver(id, entry, held));
    }
    if (this.#queue.kind === 'events') this.#trim(now - member.keepEventsMs);
    return brought;
  }

  finish(groupName: string, consumer: string, completion: Completion, now: number): void {
    const group = this.#group(groupName);
    const { id } = completion;
    const held = group.held.get(id);
    if (completion.kind !== 'done' && held?.consumer !== consumer) return;
    if (completion.kind === 'retry') {
      group.later.set(id, now + completion.delayMs);
      return;
    }
    const entry = this.#entries.get(id);
    if (completion.kind === 'dead' && entry) {
      const { reason, attempt } = completion;
      this.deadLetters.push({ ...entry, id, group: groupName, reason, attempts: attempt });
    }
    group.held.delete(id);
    if (this.#queue.kind === 'requests') this.#entries.delete(id);
  }

  mark(groupName: string, { id, handler }: Mark): void {
    this.#group(groupName).held.get(id)?.done.add(handler);
  }

  handBack(groupName: string, consumer: string, id: string): void {
    const held = this.#group(groupName).held.get(id);
    if (held?.consumer !== consumer) return;
    held.consumer = nobody;
    held.attempt -= 1;
  }

  leave(group: string, consumer: string): void {
    this.#groups.get(group)?.presence.delete(consumer);
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (!group) {
      group = { next: 1, held: new Map(), later: new Map(), presence: new Map() };
      this.#groups.set(name, group);
    }
    return group;
  }

  #deliver(id: string, { header, body }: Stored, { attempt, done }: Held): Delivery {
    const delivery = { queue: this.#queue, id, header, body, attempt };
    return done.size > 0 ? { ...delivery, done: [...done] } : delivery;
  }

  /** Drops what every group has finished and is older than `before`. */
  #trim(before: number): void {
    const groups = [...this.#groups.values()];
    for (const [id, { at, position }] of this.#entries) {
      const isOpen = groups.some((group) => group.next <= position || group.held.has(id));
      if (isOpen || at >= before) return;
      this.#entries.delete(id);
    }
  }
}
