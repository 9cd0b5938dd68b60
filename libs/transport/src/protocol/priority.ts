import type { Priority } from '../broker/queue.js';

/** @throws RangeError where it is none */
export function checkPriority(priority: Priority): void {
  if (priority === 'high' || priority === 'normal') return;
  throw new RangeError(`a priority is 'high' or 'normal', not '${String(priority)}'`);
}
