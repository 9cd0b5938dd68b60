import { BoundedPool } from './bounded-pool.js';

/** Work that ends when the spec says so. */
function gate() {
  let open = (): void => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open: () => open(), passed };
}

describe('a bounded pool', () => {
  it('runs only so many at once, in the order they came', async () => {
    const pool = new BoundedPool({ runningMax: 2, waitingMax: 10 });
    const gates = [gate(), gate(), gate(), gate()];
    const begun = gates.map(gate);
    const started: number[] = [];
    const all = gates.map(({ passed }, n) =>
      pool.run(() => {
        started.push(n);
        begun[n]?.open();
        return passed;
      }),
    );
    await Promise.all([begun[0]?.passed, begun[1]?.passed]);
    expect(started).toEqual([0, 1]);
    gates[1]?.open();
    await begun[2]?.passed;
    expect(started).toEqual([0, 1, 2]);
    gates.forEach(({ open }) => open());
    await Promise.all(all);
    expect(started).toEqual([0, 1, 2, 3]);
  });

  it('refuses who comes when too many wait, without starting the work', async () => {
    const pool = new BoundedPool({ runningMax: 1, waitingMax: 1 });
    const { open, passed } = gate();
    const taken = [pool.run(() => passed), pool.run(() => passed)];
    const work = jest.fn();
    await expect(pool.run(work)).rejects.toMatchObject({ code: 'auth.busy', retryAfter: 1 });
    expect(work).not.toHaveBeenCalled();
    open();
    await Promise.all(taken);
    await expect(pool.run(async () => 'free again')).resolves.toBe('free again');
  });

  it('gives the place of work that failed to the next', async () => {
    const pool = new BoundedPool({ runningMax: 1, waitingMax: 1 });
    const failing = pool.run(() => Promise.reject(new Error('broke')));
    const next = pool.run(async () => 'next');
    await expect(failing).rejects.toThrow('broke');
    await expect(next).resolves.toBe('next');
  });
});
