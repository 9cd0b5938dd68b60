import type { Completion } from '../broker/port.js';

/** More than a member finishes between two heartbeats. */
const endsMax = 8_192;
/** Replies to requests with keys are among them. */
const bytesMax = 8 * 1024 * 1024;

interface End {
  readonly header: string;
  readonly completion: Completion;
}

/**
 * How the entries that a member has lately finished ended. The last ones are kept twice as long as
 * `endsMax` at most: an age at a time is forgotten, which costs nothing for each entry.
 */
export class RecentEnds {
  #recent = new Map<string, End | string>();
  #older: ReadonlyMap<string, End | string> = new Map();
  #recentBytes = 0;

  /** `header` tells entries apart: no two messages share one, though ids may come again. */
  add(header: string, completion: Completion): void {
    const bytes = bytesOf(completion);
    // Of one that is plainly done there is nothing else to keep.
    this.#recent.set(completion.id, bytes === undefined ? header : { header, completion });
    this.#recentBytes += bytes ?? 0;
    if (this.#recent.size < endsMax && this.#recentBytes < bytesMax) return;
    this.#older = this.#recent;
    this.#recent = new Map();
    this.#recentBytes = 0;
  }

  of(id: string, header: string): Completion | undefined {
    const end = this.#recent.get(id) ?? this.#older.get(id);
    if (end === undefined) return undefined;
    if (typeof end === 'string') return end === header ? { kind: 'done', id } : undefined;
    return end.header === header ? end.completion : undefined;
  }

  ids(): string[] {
    return [...this.#older.keys(), ...this.#recent.keys()];
  }
}

function bytesOf(completion: Completion): number | undefined {
  if (completion.kind !== 'done') return 0;
  const { keyed } = completion;
  return keyed && (keyed.reply?.body.length ?? 0) + (keyed.kept?.body.length ?? 0);
}
