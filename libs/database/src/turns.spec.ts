import { Turns } from './turns.js';

describe('turns', () => {
  it('let no more run at once than there are, in the order of their coming, failures included', async () => {
    const turns = new Turns(2);
    const order: number[] = [];
    let running = 0;
    let most = 0;
    const work = (n: number) => async () => {
      running += 1;
      most = Math.max(most, running);
      order.push(n);
      await Promise.resolve();
      running -= 1;
      if (n === 1) throw new Error('one fails');
      return n;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => turns.run(work(n))));
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ]);
  });
});
