import type { Entry, ScheduledEntry } from '../broker/port.js';

interface Waiting {
  readonly entry: Entry;
  readonly at: number;
}

/** Events of one topic that wait for their time, in memory. */
export class MemorySchedule {
  readonly #waiting = new Map<string, Waiting>();

  get size(): number {
    return this.#waiting.size;
  }

  /** Keeps events as long as there is room, from the first on; answers how many. */
  keep(entries: readonly ScheduledEntry[], now: number, max: number): number {
    let kept = 0;
    for (const { id, due, header, body } of entries) {
      if (!this.#waiting.has(id) && this.#waiting.size >= max) break;
      const at = 'at' in due ? Math.max(now, due.at) : now + due.afterMs;
      this.#waiting.set(id, { entry: { header, body }, at });
      kept += 1;
    }
    return kept;
  }

  cancel(id: string): boolean {
    return this.#waiting.delete(id);
  }

  /** Takes what is due out, the earliest first. */
  take(now: number): Entry[] {
    const due = [...this.#waiting].filter(([, { at }]) => at <= now);
    for (const [id] of due) this.#waiting.delete(id);
    return due.sort(([, one], [, other]) => one.at - other.at).map(([, { entry }]) => entry);
  }

  /** When the next one is due. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.#waiting.values()) next = Math.min(at, next ?? at);
    return next;
  }
}
