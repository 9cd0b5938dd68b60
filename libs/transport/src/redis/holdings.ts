import { queueKey, type Completion, type Delivery, type Queue } from '../broker/port.js';

/** More than a member finishes between two heartbeats. */
const finishedMax = 8_192;

/** Replies to requests with keys are among them. */
const finishedBytesMax = 16 * 1024 * 1024;

/** The end of an entry, to be told again to a server that forgot it. */
interface Finished {
  readonly header: string;
  readonly completion: Completion;
}

interface Held {
  readonly attempt: number;
  readonly header: string;
}

/** What one member says of a queue when its group must be made again. */
export interface Testimony {
  readonly held: readonly (readonly [id: string, attempt: number])[];
  readonly finished: readonly string[];
}

/**
 * What a member holds and has lately finished, as it knows without the server: a server that lost
 * its last writes, or a group, is told so.
 */
export class Holdings {
  readonly #held = new Map<string, Map<string, Held>>();
  /** By queue and id; no two messages share a header, though ids may come again. */
  readonly #finished = new Map<string, Finished>();
  #finishedBytes = 0;

  /** How it ended here, if it did: then the server forgot that, and handed it out again. */
  endOf({ queue, id, header }: Delivery): Completion | undefined {
    const finished = this.#finished.get(nameOf(queue, id));
    return finished?.header === header ? finished.completion : undefined;
  }

  add({ queue, id, attempt, header }: Delivery): void {
    this.#of(queue).set(id, { attempt, header });
  }

  release(queue: Queue, id: string): void {
    this.#of(queue).delete(id);
  }

  settle(queue: Queue, completions: readonly Completion[]): void {
    const held = this.#of(queue);
    for (const completion of completions) {
      const { id, kind } = completion;
      const entry = held.get(id);
      held.delete(id);
      if (kind === 'retry' || !entry) continue;
      const { header } = entry;
      this.#finished.set(nameOf(queue, id), { header, completion });
      this.#finishedBytes += bytesOf(completion);
    }
    for (const [name, { completion }] of this.#finished) {
      const isOver = this.#finished.size > finishedMax || this.#finishedBytes > finishedBytesMax;
      if (!isOver) break;
      this.#finished.delete(name);
      this.#finishedBytes -= bytesOf(completion);
    }
  }

  /** Of what is finished, only what the group had not noted: later than `last`, or in `open`. */
  testify(queue: Queue, last: string, open: ReadonlySet<string>): Testimony {
    const prefix = nameOf(queue, '');
    const finished = [...this.#finished.keys()]
      .filter((name) => name.startsWith(prefix))
      .map((name) => name.slice(prefix.length))
      .filter((id) => open.has(id) || isLater(id, last));
    const held = [...this.#of(queue)].map(([id, { attempt }]) => [id, attempt] as const);
    return { held, finished };
  }

  #of(queue: Queue): Map<string, Held> {
    const key = queueKey(queue);
    let held = this.#held.get(key);
    if (!held) this.#held.set(key, (held = new Map()));
    return held;
  }
}

function bytesOf(completion: Completion): number {
  const keyed = completion.kind === 'done' ? completion.keyed : undefined;
  return (keyed?.reply?.body.length ?? 0) + (keyed?.kept?.body.length ?? 0);
}

function nameOf(queue: Queue, id: string): string {
  return `${queueKey(queue)} ${id}`;
}

/** Ids of entries are a time and a number, `1764058532500-0`. */
function isLater(id: string, other: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherSequence = 0] = other.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && sequence > otherSequence);
}
