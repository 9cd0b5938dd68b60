import { KeyTable } from './key-table.js';

describe('a table of keys', () => {
  it('finds what was put in, and gives out what it gave back', () => {
    const table = new KeyTable<number>();
    table.set('a', 1);
    table.set('b', 2);
    table.set('a', 3);
    expect([table.size, table.get('a'), table.get('b'), table.get('c')]).toEqual([
      2,
      3,
      2,
      undefined,
    ]);
    expect([table.take('a'), table.take('a'), table.has('a'), table.size]).toEqual([
      3,
      undefined,
      false,
      1,
    ]);
  });

  it('keeps a value that is undefined apart from none', () => {
    const table = new KeyTable<undefined>();
    table.set('a', undefined);
    expect([table.has('a'), table.size]).toEqual([true, 1]);
    table.take('a');
    expect([table.has('a'), table.size]).toEqual([false, 0]);
  });

  it('does what a Map does, whatever comes and goes', () => {
    const table = new KeyTable<number>();
    const map = new Map<string, number>();
    // A generator of numbers by Lehmer: the same in every run.
    let seed = 42;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let step = 0; step < 50_000; step += 1) {
      // Ids of entries, which differ at their ends, and few, so that they meet.
      const key = `17640585325${random(40)}-${random(20)}`;
      if (random(2) === 0) {
        table.set(key, step);
        map.set(key, step);
      } else {
        expect(table.take(key)).toBe(map.get(key));
        map.delete(key);
      }
      expect(table.size).toBe(map.size);
    }
    const order = ([one]: [string, number], [other]: [string, number]) => (one < other ? -1 : 1);
    expect(table.entries().toSorted(order)).toEqual([...map].toSorted(order));
  });

  it('forgets everything at once', () => {
    const table = new KeyTable<number>();
    for (let n = 0; n < 1_000; n += 1) table.set(`key ${n}`, n);
    table.clear();
    expect([table.size, table.entries(), table.get('key 5')]).toEqual([0, [], undefined]);
  });
});
