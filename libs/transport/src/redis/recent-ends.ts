import type { Completion } from '../broker/port.js';
import { idOf, orderOf } from './entry-order.js';
import { printOf } from './fingerprint.js';

/** More than a member finishes between two heartbeats. */
const endsMax = 8_192;
/** Where a member begins: many finish little. */
const roomMin = 64;
/** Replies to requests with keys are among them. */
const bytesMax = 8 * 1024 * 1024;

interface End {
  readonly header: string;
  readonly completion: Completion;
}

/** Ends of one age. Of what is plainly done only numbers are kept: nothing that a collector has to visit. */
class Age {
  #orders = new Float64Array(roomMin);
  #prints = new Float64Array(roomMin);
  readonly #others = new Map<string, End>();
  #plain = 0;
  #bytes = 0;

  get isFull(): boolean {
    return this.#plain + this.#others.size >= endsMax || this.#bytes >= bytesMax;
  }

  addPlain(order: number, header: string): void {
    if (this.#plain === this.#orders.length) this.#grow();
    this.#orders[this.#plain] = order;
    this.#prints[this.#plain] = printOf(header);
    this.#plain += 1;
  }

  add(end: End, bytes: number): void {
    this.#others.set(end.completion.id, end);
    this.#bytes += bytes;
  }

  of(id: string, order: number | undefined, header: string): Completion | undefined {
    const other = this.#others.get(id);
    if (other) return other.header === header ? other.completion : undefined;
    if (order === undefined) return undefined;
    const at = this.#orders.subarray(0, this.#plain).indexOf(order);
    return at >= 0 && this.#prints[at] === printOf(header) ? { kind: 'done', id } : undefined;
  }

  ids(): string[] {
    const plain = [...this.#orders.subarray(0, this.#plain)].map(idOf);
    return [...plain, ...this.#others.keys()];
  }

  clear(): void {
    this.#plain = 0;
    this.#others.clear();
    this.#bytes = 0;
  }

  #grow(): void {
    const [orders, prints] = [this.#orders, this.#prints];
    this.#orders = new Float64Array(2 * orders.length);
    this.#prints = new Float64Array(2 * prints.length);
    this.#orders.set(orders);
    this.#prints.set(prints);
  }
}

/**
 * How the entries that a member has lately finished ended. The last ones are kept twice as long as
 * `endsMax` at most: an age at a time is forgotten, which costs nothing for each entry.
 */
export class RecentEnds {
  #recent = new Age();
  #older = new Age();
  /** No entry after this one has ended here. */
  #latest = 0;

  /** `header` tells entries apart: no two messages share one, though ids may come again. */
  add(header: string, completion: Completion): void {
    const { id } = completion;
    const order = orderOf(id);
    const bytes = bytesOf(completion);
    if (bytes === undefined && order !== undefined) this.#recent.addPlain(order, header);
    else this.#recent.add({ header, completion }, bytes ?? 0);
    this.#latest = Math.max(this.#latest, order ?? Infinity);
    if (!this.#recent.isFull) return;
    [this.#recent, this.#older] = [this.#older, this.#recent];
    this.#recent.clear();
  }

  of(id: string, header: string): Completion | undefined {
    const order = orderOf(id);
    // Nearly every entry is a new one.
    if (order !== undefined && order > this.#latest) return undefined;
    return this.#recent.of(id, order, header) ?? this.#older.of(id, order, header);
  }

  ids(): string[] {
    return [...this.#older.ids(), ...this.#recent.ids()];
  }
}

/** Of one that is plainly done there is nothing else to keep. */
function bytesOf(completion: Completion): number | undefined {
  if (completion.kind !== 'done') return 0;
  const { keyed } = completion;
  return keyed && (keyed.reply?.body.length ?? 0) + (keyed.kept?.body.length ?? 0);
}
