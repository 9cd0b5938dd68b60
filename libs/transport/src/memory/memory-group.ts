import type { Entry } from '../broker/port.js';

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
  /** Member to its last sign of life; a draining one does not serve. */
  readonly presence: Map<string, { at: number; isDraining: boolean }>;
  /** Until then nobody is dead, because nobody at all could be heard for a while. */
  graceUntil: number;
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
export interface MemberTending {
  readonly group: string;
  readonly consumer: string;
  readonly now: number;
  readonly deadAfterMs: number;
  readonly room: number;
  readonly isDraining: boolean;
  readonly keepEventsMs: number;
}
