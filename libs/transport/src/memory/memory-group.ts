import type { Entry } from '../broker/port.js';
import type { MemoryPresence, SignOfLife } from './memory-presence.js';

/** An entry that was handed out and is not acknowledged. */
export interface Held {
  consumer: string;
  attempt: number;
  /** Handlers of several that are done with it. */
  readonly done: Set<string>;
}

/** Holds what nobody has begun, and never lives. */
export const nobody = '(nobody)';
/** Holds what waits for the entry before it in its slot, and never lives. */
export const waiting = '(waiting)';

/** Entries are kept by their position, which the id ends with. */
export interface Group {
  /** Position of the next entry nobody of the group has had. */
  next: number;
  readonly held: Map<number, Held>;
  readonly later: Map<number, number>;
  /** Entries to those that wait for their end. */
  readonly following: Map<number, number>;
  /** Handed on to who ended the one before, and not told yet. */
  handedOn: number[];
  readonly presence: MemoryPresence;
}

export interface Stored extends Entry {
  /** Time and position: not used again by another life of the queue. */
  readonly id: string;
  readonly position: number;
  readonly at: number;
  /** The one before it in its slot. */
  readonly after: number | undefined;
}

/** What a member says when it tends. */
export interface MemberTending extends SignOfLife {
  readonly group: string;
  readonly room: number;
  readonly keepEventsMs: number;
}
