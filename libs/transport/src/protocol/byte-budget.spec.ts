import { ByteBudget } from './byte-budget.js';

/** Asks for bytes, and notes when they are granted. */
function asking(budget: ByteBudget) {
  const granted: string[] = [];
  const ask = (key: string, bytes: number) => {
    void budget.take(key, bytes).then(() => granted.push(key));
    return Promise.resolve();
  };
  return { granted, ask };
}

describe('a budget of bytes', () => {
  it('lets who would exceed it wait until enough is given back, in the order they asked', async () => {
    const budget = new ByteBudget(10);
    const { granted, ask } = asking(budget);
    await ask('a', 6);
    await ask('b', 6);
    await ask('c', 1);
    await Promise.resolve();
    expect(granted).toEqual(['a']);
    budget.release('a');
    await Promise.resolve();
    await Promise.resolve();
    expect(granted).toEqual(['a', 'b', 'c']);
  });

  it('grants what alone exceeds it when nobody else has any', async () => {
    const budget = new ByteBudget(10);
    const { granted, ask } = asking(budget);
    await ask('a', 1);
    await ask('huge', 1_000);
    budget.release('a');
    await Promise.resolve();
    await Promise.resolve();
    expect(granted).toEqual(['a', 'huge']);
    budget.release('huge');
    budget.release('huge');
    await ask('b', 10);
    await ask('c', 1);
    await Promise.resolve();
    expect(granted).toEqual(['a', 'huge', 'b']);
  });
});
