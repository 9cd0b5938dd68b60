import type { KeyedEntry } from '../broker/port.js';
import { keptMax } from '../protocol/idempotency.js';
import { MemoryRecords } from './memory-records.js';

const asked = (name: string, id: string): KeyedEntry => ({
  header: '',
  body: '',
  id,
  inbox: `inbox of ${id}`,
  whenUnknown: 'add',
  key: { sender: 'shop', pattern: 'pay', key: name, print: 'x', keepMs: 60_000 },
});
const endOf = ({ id, inbox, key }: KeyedEntry, body?: string) => {
  const kept = body === undefined ? undefined : ({ kind: 'V', body } as const);
  return { id, inbox, key, reply: kept, kept };
};

describe('what is known of requests with idempotency keys', () => {
  it('forgets replies when there are too many, never a request that began again and runs', () => {
    const records = new MemoryRecords();
    const first = asked('mine', 'first');
    records.begin(first, 0);
    records.settle(endOf(first), true, 0);
    const second = asked('mine', 'second');
    expect(records.ask(second, 0)).toBe('new');
    records.begin(second, 0);
    for (let n = 0; n <= keptMax; n += 1) {
      const other = asked(`other ${n}`, `${n}`);
      records.begin(other, 0);
      records.settle(endOf(other, '1'), true, 0);
    }
    expect(records.ask(asked('other 0', 'late'), 0)).toBe('new');
    expect(records.ask(asked('mine', 'third'), 0)).toEqual({ kind: 'queued' });
  });
});
