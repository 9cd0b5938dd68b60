import { mutations } from './mutation.js';
import { silenceLogs, simulate } from './simulate.js';
import { Schedule } from './schedule.js';

/** Among so many schedules there is one that shows a fault which is built in; mostly among the first. */
const enough = 5_000;

describe('the transport under a seeded scheduler', () => {
  beforeAll(silenceLogs);

  it('keeps every promise whatever dies, freezes, breaks or is lost', async () => {
    const { broken } = await simulate({ from: 1, count: 500 });
    expect(broken).toEqual([]);
  }, 60_000);

  it('does the same again for the same seed, to the last line of its trace', async () => {
    const traceOf = async (seed: number) => {
      const trace: string[] = [];
      await new Schedule(seed, { trace }).run();
      return trace;
    };
    const first = await traceOf(7);
    expect(first.length).toBeGreaterThan(50);
    expect(await traceOf(7)).toEqual(first);
    expect(await traceOf(8)).not.toEqual(first);
  });

  it.each(mutations)(
    'would be found out with the fault %s built in',
    async (mutation) => {
      const { broken } = await simulate({ from: 1, count: enough, mutation, stopAfter: 1 });
      expect(broken).toHaveLength(1);
    },
    60_000,
  );
});
