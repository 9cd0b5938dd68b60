import { KeyTable } from './key-table.js';

/** A request that waits for its reply. */
export interface PendingRequest {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** Where the table keeps it. Set by the table. */
  slot?: number;
}

/** Deadlines are kept to this precision: one timer serves all requests of a slot. */
const deadlineSlotMs = 10;

/**
 * The client's table of requests under way: finds them by correlation id and by deadline. It has
 * no timer of its own: whoever drives it calls `takeExpired` now and then.
 */
export class PendingRequests<Request extends PendingRequest> {
  readonly #byId = new KeyTable<Request>();
  readonly #bySlot = new Map<number, Set<Request>>();
  #lastSlot = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Adds it; answers when it expires, in epoch milliseconds. */
  add(request: Request, now: number): number {
    if (this.#byId.size === 0) this.#lastSlot = slotOf(now) - 1;
    this.#byId.set(request.id, request);
    // After a clock went backwards the slot may have been passed already: take the next one.
    const slot = Math.max(slotOf(request.deadline), this.#lastSlot + 1);
    request.slot = slot;
    const requests = this.#bySlot.get(slot);
    if (requests) requests.add(request);
    else this.#bySlot.set(slot, new Set([request]));
    return expiryOf(slot);
  }

  get(id: string): Request | undefined {
    return this.#byId.get(id);
  }

  /** Removes and returns it; a second reply to the same id finds nothing. */
  take(id: string): Request | undefined {
    const request = this.#byId.take(id);
    if (!request) return undefined;
    const slot = request.slot ?? 0;
    const requests = this.#bySlot.get(slot);
    requests?.delete(request);
    if (requests?.size === 0) this.#bySlot.delete(slot);
    return request;
  }

  /** When the next one expires, in epoch milliseconds. */
  get nextExpiry(): number | undefined {
    let next: number | undefined;
    for (const slot of this.#bySlot.keys()) if (next === undefined || slot < next) next = slot;
    return next === undefined ? undefined : expiryOf(next);
  }

  /** Removes and returns every request whose deadline has passed. */
  takeExpired(now: number): Request[] {
    const expired: Request[] = [];
    const passed = slotOf(now) - 1;
    if (passed - this.#lastSlot > this.#bySlot.size) {
      for (const slot of this.#bySlot.keys()) if (slot <= passed) this.#collect(slot, expired);
    } else {
      for (let slot = this.#lastSlot + 1; slot <= passed; slot += 1) this.#collect(slot, expired);
    }
    this.#lastSlot = Math.max(this.#lastSlot, passed);
    return expired;
  }

  /** Removes and returns everything. */
  takeAll(): Request[] {
    const all = this.all();
    this.#byId.clear();
    this.#bySlot.clear();
    return all;
  }

  all(): Request[] {
    return this.#byId.entries().map(([, request]) => request);
  }

  #collect(slot: number, expired: Request[]): void {
    for (const request of this.#bySlot.get(slot) ?? []) {
      this.#byId.take(request.id);
      expired.push(request);
    }
    this.#bySlot.delete(slot);
  }
}

/** All of a slot expire together, when its last one is due. */
function expiryOf(slot: number): number {
  return (slot + 1) * deadlineSlotMs;
}

function slotOf(time: number): number {
  return Math.floor(time / deadlineSlotMs);
}
