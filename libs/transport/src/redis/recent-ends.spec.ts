import { RecentEnds } from './recent-ends.js';

const done = (id: string) => ({ kind: 'done', id }) as const;

describe('the ends that a member remembers', () => {
  it('are told again for the same entry, and not for another that has its id', () => {
    const ends = new RecentEnds();
    const dead = { kind: 'dead', id: '2-0', reason: 'r', stack: '', attempt: 3 } as const;
    ends.add('one', done('1-0'));
    ends.add('two', dead);
    expect(ends.of('1-0', 'one')).toEqual(done('1-0'));
    expect(ends.of('2-0', 'two')).toEqual(dead);
    expect([ends.of('1-0', 'two'), ends.of('2-0', 'one'), ends.of('3-0', 'one')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are found by ids that no number can stand for, and by those of one millisecond', () => {
    const ends = new RecentEnds();
    const ids = ['5-4095', '5-4096', '5-4097', '9007199254740993-0', '5-0', '4-1'];
    for (const id of ids) ends.add(`of ${id}`, done(id));
    for (const id of ids) expect(ends.of(id, `of ${id}`)).toEqual(done(id));
    expect(ends.ids().toSorted()).toEqual(ids.toSorted());
    expect([ends.of('5-1', 'of 5-0'), ends.of('6-0', 'of 5-0')]).toEqual([undefined, undefined]);
  });

  it('are the last 8,192 at least, and twice as many at most', () => {
    const ends = new RecentEnds();
    for (let n = 1; n <= 50_000; n += 1) {
      ends.add('header', done(`${n}-0`));
      if (n > 8_192) expect(ends.of(`${n - 8_191}-0`, 'header')).toBeDefined();
    }
    expect(ends.ids().length).toBeLessThanOrEqual(2 * 8_192);
  });

  it('do not fill the memory with kept replies', () => {
    const ends = new RecentEnds();
    const body = 'x'.repeat(1024 * 1024);
    const reply = { kind: 'V', body } as const;
    const key = { sender: 'web', pattern: 'pay', key: 'k', print: 'p', keepMs: 1_000 };
    for (let n = 0; n < 100; n += 1) {
      const keyed = { key, id: 'i', inbox: 'in', reply };
      ends.add('header', { kind: 'done', id: `${n}-0`, keyed });
    }
    expect(ends.ids().length).toBeLessThanOrEqual(16);
  });
});
