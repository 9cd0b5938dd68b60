/** Keys end in what tells them apart: enough of it to spread them. */
const hashedCharacters = 8;
const capacityMin = 16;

/**
 * Values by key, for what comes and goes thousands of times a second. A `Map` would do the same, but
 * each time V8 renews the inside of one, the outgrown inside still holds all that it held and points to
 * the new one: once one of them has grown old, everything that was ever kept survives until the next full
 * collection, and is copied on the way there. This one is open addressing with linear probing and
 * deletion by shifting back (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
 */
export class KeyTable<Value> {
  #keys = places<string>(capacityMin);
  #values = places<Value>(capacityMin);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: string): Value | undefined {
    return this.#values[this.#find(key)];
  }

  has(key: string): boolean {
    return this.#keys[this.#find(key)] !== undefined;
  }

  set(key: string, value: Value): void {
    let at = this.#find(key);
    if (this.#keys[at] === undefined) {
      if (2 * (this.#size + 1) > this.#keys.length) {
        this.#grow();
        at = this.#find(key);
      }
      this.#size += 1;
      this.#keys[at] = key;
    }
    this.#values[at] = value;
  }

  /** Removes it; answers what was there. */
  take(key: string): Value | undefined {
    const at = this.#find(key);
    const value = this.#values[at];
    if (this.#keys[at] !== undefined) this.#empty(at);
    return value;
  }

  clear(): void {
    if (this.#size === 0) return;
    this.#keys.fill(undefined);
    this.#values.fill(undefined);
    this.#size = 0;
  }

  /** All that is there now, in no order. */
  entries(): [key: string, value: Value][] {
    const entries: [string, Value][] = [];
    for (const [at, key] of this.#keys.entries()) {
      if (key !== undefined) entries.push([key, this.#values[at] as Value]);
    }
    return entries;
  }

  /** Where the key is, or would be. */
  #find(key: string): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let at = hash(key) & mask;
    for (;;) {
      const found = keys[at];
      if (found === undefined || found === key) return at;
      at = (at + 1) & mask;
    }
  }

  /** Whoever was pushed past this place by the one that leaves moves up, so that it is still found. */
  #empty(place: number): void {
    const keys = this.#keys;
    const values = this.#values;
    const mask = keys.length - 1;
    let hole = place;
    for (let at = (hole + 1) & mask; ; at = (at + 1) & mask) {
      const key = keys[at];
      if (key === undefined) break;
      const home = hash(key) & mask;
      // It may move unless its home lies between the hole and where it is.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      keys[hole] = key;
      values[hole] = values[at];
      hole = at;
    }
    keys[hole] = undefined;
    values[hole] = undefined;
    this.#size -= 1;
  }

  #grow(): void {
    const entries = this.entries();
    const capacity = 2 * this.#keys.length;
    this.#keys = places(capacity);
    this.#values = places(capacity);
    for (const [key, value] of entries) {
      const at = this.#find(key);
      this.#keys[at] = key;
      this.#values[at] = value;
    }
  }
}

function places<T>(length: number): (T | undefined)[] {
  return Array.from({ length }, () => undefined);
}

/** FNV-1a of the end of the key (Fowler, Noll, Vo). */
function hash(key: string): number {
  let value = 0x811c9dc5;
  for (let at = Math.max(0, key.length - hashedCharacters); at < key.length; at += 1) {
    value = Math.imul(value ^ key.charCodeAt(at), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
