import type { Delivery } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { LaneShare } from './lane-share.js';

/**
 * Takes what there is room for: of the lanes of requests in their share, then of the other queues. For
 * drivers that look at one queue after the other.
 */
export function takeInTurn(
  queues: readonly Queue[],
  room: number,
  share: LaneShare,
  read: (queue: Queue, most: number) => Delivery[],
): Delivery[] {
  const high = queues.find(({ lane }) => lane === 'high');
  const normal = queues.find(({ kind, lane }) => kind === 'requests' && lane === undefined);
  const found: Delivery[] = [];
  if (high && normal) {
    const reserved = read(normal, share.reserve(room));
    const first = read(high, room - reserved.length);
    const rest = read(normal, room - reserved.length - first.length);
    share.took({ high: first.length, normal: reserved.length + rest.length });
    found.push(...first, ...reserved, ...rest);
  }
  for (const queue of queues) {
    if (high && normal && queue.kind === 'requests') continue;
    found.push(...read(queue, room - found.length));
  }
  return found;
}
