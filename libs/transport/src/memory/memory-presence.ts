/** What a member says of itself. */
export interface SignOfLife {
  readonly consumer: string;
  readonly now: number;
  readonly deadAfterMs: number;
  readonly isDraining: boolean;
}

/** Who of a group lives, by when each was heard. Times are epoch milliseconds. */
export class MemoryPresence {
  /** Member to its last sign of life; a draining one does not serve. */
  readonly #members = new Map<string, { at: number; isDraining: boolean }>();
  /** Until then nobody is dead, because nobody at all could be heard for a while. */
  #graceUntil = 0;

  /**
   * Notes who lives. When nobody was heard for half a life, it was not the members that were away: once, until
   * another one is heard than who tends.
   */
  hear({ consumer, now, deadAfterMs, isDraining }: SignOfLife): void {
    const began = this.#graceUntil - deadAfterMs / 2;
    let isOther = this.#graceUntil === 0;
    let heardAt = this.#members.size > 0 ? 0 : now;
    for (const [name, { at }] of this.#members) {
      heardAt = Math.max(heardAt, at);
      isOther ||= name !== consumer && at > began;
    }
    if (isOther && heardAt < now - deadAfterMs / 2) this.#graceUntil = now + deadAfterMs / 2;
    this.#members.set(consumer, { at: now, isDraining });
    if (now < this.#graceUntil) return;
    for (const [name, { at }] of this.#members) {
      if (at < now - deadAfterMs) this.#members.delete(name);
    }
  }

  leave(consumer: string): void {
    this.#members.delete(consumer);
  }

  /** Whether a member was heard and is not dead. */
  has(consumer: string): boolean {
    return this.#members.has(consumer);
  }

  /** Whether somebody lives who takes work. */
  isServing(now: number, deadAfterMs: number): boolean {
    for (const { at, isDraining } of this.#members.values()) {
      if (!isDraining && at >= now - deadAfterMs) return true;
    }
    return false;
  }

  /** When a member is dead unless it is heard before; `Infinity` for one that does not live. */
  deathOf(consumer: string, deadAfterMs: number): number {
    const heardAt = this.#members.get(consumer)?.at ?? Infinity;
    return Math.max(heardAt + deadAfterMs, this.#graceUntil) + 1;
  }
}
