import { TickBatch, type TickBatchOptions } from './tick-batch.js';
import { VirtualTime } from './virtual-time.js';

function aBatch(limits: Partial<TickBatchOptions<number>> = {}) {
  const time = new VirtualTime();
  const sent: [key: string, items: number[]][] = [];
  const answers: (() => void)[] = [];
  const batch = new TickBatch<number>({
    scheduler: time,
    send: (key, items) => {
      sent.push([key, items]);
      return new Promise((resolve) => answers.push(resolve));
    },
    ...limits,
  });
  return { time, sent, answers, batch };
}

describe('a batch per tick', () => {
  it('sends what one tick collected as one call per key', async () => {
    const { time, sent, batch } = aBatch();
    batch.add('a', 1);
    batch.add('b', 2);
    batch.add('a', 3);
    expect(sent).toEqual([]);
    await time.advance(0);
    expect(sent).toEqual([
      ['a', [1, 3]],
      ['b', [2]],
    ]);
  });

  it('splits what is too large for one call', async () => {
    const { time, sent, batch } = aBatch({ itemsMax: 2 });
    for (const n of [1, 2, 3, 4, 5]) batch.add('a', n);
    await time.advance(0);
    expect(sent.map(([, items]) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('sends a part before the tick is over, so that others begin while this one goes on', async () => {
    const { time, sent, batch } = aBatch({ eagerAt: () => 2 });
    for (const n of [1, 2, 3, 4, 5]) batch.add('a', n);
    expect(sent.map(([, items]) => items)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    await time.advance(0);
    expect(sent.map(([, items]) => items).at(-1)).toEqual([5]);
  });

  it('makes no more small calls while several are unanswered', async () => {
    const { time, sent, batch } = aBatch({ eagerAt: () => 1 });
    for (const n of [1, 2, 3, 4, 5, 6, 7]) batch.add('a', n);
    expect(sent.length).toBe(4);
    await time.advance(0);
    expect(sent.map(([, items]) => items).at(-1)).toEqual([5, 6, 7]);
  });

  it('keeps collecting while too many calls are unanswered, and loses nothing', async () => {
    const { time, sent, answers, batch } = aBatch({ unansweredMax: 1 });
    batch.add('a', 1);
    await time.advance(0);
    batch.add('a', 2);
    await time.advance(0);
    batch.add('a', 3);
    await time.advance(0);
    expect(sent.length).toBe(1);
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    await time.advance(0);
    expect(sent.map(([, items]) => items)).toEqual([[1], [2, 3]]);
  });

  it('is idle once every call is answered', async () => {
    const { time, answers, batch } = aBatch();
    batch.add('a', 1);
    let isIdle = false;
    void batch.whenIdle().then(() => (isIdle = true));
    await time.advance(0);
    expect(isIdle).toBe(false);
    answers[0]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isIdle).toBe(true);
  });
});
