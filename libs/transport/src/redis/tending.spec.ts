import type { Delivery } from '../broker/port.js';
import type { GroupQueue } from './group-queue.js';
import { Tending } from './tending.js';

const queue = { kind: 'events', name: 'orders.paid' } as const;
const delivery = (id: string): Delivery => ({
  queue,
  id,
  header: `of ${id}`,
  body: '{}',
  attempt: 1,
  addedAt: 1,
});
const options = { room: 10, isDraining: false };

/** Two queues of a Cluster, of which one answers late, and what has ended meanwhile. */
function aTending() {
  const [quick, slow] = [{}, {}] as [GroupQueue, GroupQueue];
  const ended = new Set<string>();
  const tending = new Tending([quick, slow], {
    isSharded: true,
    isOver: ({ id }) => ended.has(id),
  });
  let answer: (found: Delivery[]) => void = () => {};
  const late = new Promise<Delivery[]>((resolve) => (answer = resolve));
  const tend = (slowly: Promise<Delivery[]>) =>
    tending.tend(options, (asked) => (asked === slow ? slowly : Promise.resolve([])));
  return { tend, late, answer, ended };
}

describe('what heartbeats bring', () => {
  it('comes with a later one, where a server was slow', async () => {
    const { tend, late, answer } = aTending();
    await tend(Promise.resolve([]));
    expect(await tend(late)).toEqual([]);
    answer([delivery('1-0'), delivery('2-0')]);
    await late;
    expect((await tend(Promise.resolve([]))).map(({ id }) => id)).toEqual(['1-0', '2-0']);
  });

  it('does not come any more when it has ended before it is handed out', async () => {
    const { tend, late, answer, ended } = aTending();
    await tend(Promise.resolve([]));
    expect(await tend(late)).toEqual([]);
    answer([delivery('1-0'), delivery('2-0')]);
    await late;
    ended.add('1-0');
    expect((await tend(Promise.resolve([]))).map(({ id }) => id)).toEqual(['2-0']);
  });
});
