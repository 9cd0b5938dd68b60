import { nameAt } from './manifest.js';
import { abandoned, overdue } from './retention.js';

const NOW = Date.parse('2026-11-28T12:00:00Z');
const HOUR_MS = 60 * 60_000;
const ago = (hours: number): string => nameAt(new Date(NOW - hours * HOUR_MS));

describe('what becomes of backups', () => {
  it('keeps the newest of each of the last days, and all of the last 24 hours', () => {
    const names = [1, 2, 23, 25, 26, 49, 73, 97].map(ago);
    expect(overdue(names, 3, NOW)).toEqual([25, 26, 73, 97].map(ago));
  });

  it('takes nothing away because time has gone by without one', () => {
    const names = [1_000, 1_024, 1_048].map(ago);
    expect(overdue(names, 3, NOW)).toEqual([]);
    expect(overdue([], 3, NOW)).toEqual([]);
  });

  it('leaves alone what may still be under way, and what is none of ours', () => {
    const parts = [`${ago(1)}/dump`, `${ago(30)}/dump`, `${ago(40)}/dump`, 'lost+found/x'];
    expect(abandoned(parts, [ago(40)], NOW)).toEqual([`${ago(30)}/dump`]);
  });
});
