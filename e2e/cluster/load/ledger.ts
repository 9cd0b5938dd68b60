import { randomUUID } from 'node:crypto';
import type { Shopper } from './shoppers.js';

/** What was asked for, written down before it is sent, and what is known to have come of it. */
export interface Entry {
  readonly key: string;
  readonly shopper: Shopper;
  readonly productId: string;
  readonly quantity: number;
  /** Set once the platform said that the order is placed. */
  orderId?: string;
  /** Set where it said that the order is off for good. */
  isRefused?: boolean;
  /** Whether cancelling it was asked for, and answered. */
  cancelled: 'no' | 'asked' | 'yes';
}

/** An order as the list of its owner shows it. */
export interface ListedOrder {
  readonly id: string;
  readonly status: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** What does not agree with the ledger, by the ids of orders. */
export interface Audit {
  /** Acknowledged, and not in the list as it was asked for. */
  readonly lost: readonly string[];
  /** In the list more than once, or without anybody having asked for it. */
  readonly doubled: readonly string[];
}

/** The orders of a load: each attempt, by its idempotency key. */
export class Ledger {
  readonly entries: Entry[] = [];

  /** An attempt that is about to be sent. */
  note(shopper: Shopper, productId: string, quantity: number): Entry {
    const entry: Entry = { key: randomUUID(), shopper, productId, quantity, cancelled: 'no' };
    this.entries.push(entry);
    return entry;
  }

  /** Those of which nobody knows whether they were done. */
  get unknown(): Entry[] {
    return this.entries.filter(
      ({ orderId, isRefused, cancelled }) => (!orderId && !isRefused) || cancelled === 'asked',
    );
  }

  /** Pieces of a product that are sold, once everything is known. */
  soldOf(productId: string): number {
    return this.entries
      .filter((entry) => entry.productId === productId && entry.orderId && entry.cancelled === 'no')
      .reduce((sum, { quantity }) => sum + quantity, 0);
  }

  /** Compares with what the platform lists, once everything is known. */
  compare(listed: readonly ListedOrder[]): Audit {
    const placed = new Map(this.entries.flatMap((entry) => pairOf(entry)));
    const counts = new Map<string, number>();
    for (const { id } of listed) counts.set(id, (counts.get(id) ?? 0) + 1);
    const agreeing = new Set(
      listed.filter((order) => agrees(placed.get(order.id), order)).map(({ id }) => id),
    );
    const isOff = ({ status }: ListedOrder) => ['refused', 'expired'].includes(status);
    const unasked = listed.filter((order) => !placed.has(order.id) && !isOff(order));
    const keysOfOneOrder = placedKeys(this.entries);
    return {
      lost: [...placed.keys()].filter((id) => !agreeing.has(id) || keysOfOneOrder.get(id) !== 1),
      doubled: [
        ...[...counts].filter(([, count]) => count > 1).map(([id]) => id),
        ...unasked.map(({ id }) => id),
      ],
    };
  }
}

const pairOf = (entry: Entry): [string, Entry][] =>
  entry.orderId === undefined ? [] : [[entry.orderId, entry]];

/** Two keys that were answered with one order are one order too few. */
function placedKeys(entries: readonly Entry[]): Map<string, number> {
  const keys = new Map<string, number>();
  for (const { orderId } of entries) if (orderId) keys.set(orderId, (keys.get(orderId) ?? 0) + 1);
  return keys;
}

function agrees(entry: Entry | undefined, order: ListedOrder): boolean {
  if (!entry) return false;
  const status = entry.cancelled === 'no' ? 'confirmed' : 'cancelled';
  const [item, ...more] = order.items;
  const isItem = item?.productId === entry.productId && item.quantity === entry.quantity;
  return order.status === status && isItem && more.length === 0;
}
