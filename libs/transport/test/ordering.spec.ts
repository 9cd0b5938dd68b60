import type { Redis } from 'ioredis';
import { DeadLetters, keyNames } from '../src/index.js';
import { Gate, range, until } from '../src/conformance/lab.js';
import { PublisherAndSubscriber } from './publisher-and-subscriber.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';
const topic = 'orders.paid';
const queue = { kind: 'events', name: topic } as const;

interface Numbered {
  readonly key: string;
  readonly n: number;
}

(given === 'none' ? describe.skip : describe)('events in order on Redis', () => {
  let bench: PublisherAndSubscriber;
  let prefix: string;
  let redis: Redis;

  beforeEach(() => {
    bench = new PublisherAndSubscriber(given);
    ({ prefix, redis } = bench);
  });

  afterEach(() => bench.close());

  const emit = (key: string, n: number) => bench.client.emitEvent(topic, { key, n }, { key });

  const serve = (handle: (event: Numbered) => unknown, attemptsMax = 5) =>
    bench.serve(topic, handle, { retry: { attemptsMax, delayMs: 10 } });

  const pendingOf = async (name: string) => {
    const all = (await redis.xinfo('CONSUMERS', keyNames(prefix).stream(queue), 'mail')) as (
      string | number
    )[][];
    return Number(all.find((info) => info[1] === name)?.[3] ?? 0);
  };

  it('go on when a member of the release before, which hands nothing on, ends one', async () => {
    const stream = keyNames(prefix).stream(queue);
    await Promise.all(range(3).map((n) => emit('a', n)));
    await redis.zadd(keyNames(prefix).presence(queue, 'mail'), Date.now() + 60_000, 'old');
    await redis.xgroup('CREATE', stream, 'mail', '0');
    const read = ['GROUP', 'mail', 'old', 'COUNT', '1', 'STREAMS', stream, '>'];
    const found = (await redis.call('XREADGROUP', ...read)) as [string, [string, string[]][]][];
    const handled: number[] = [];
    await serve(({ n }) => void handled.push(n));
    await until('the others to wait', async () => (await pendingOf('(waiting)')) === 2);
    expect(handled).toEqual([]);
    await redis.xack(stream, 'mail', found[0]?.[1][0]?.[0] ?? '');
    await until('the others', () => handled.length === 2);
    expect(handled).toEqual([1, 2]);
  });

  it('go on when the one before them was taken out of the stream', async () => {
    const gate = new Gate();
    const handled: number[] = [];
    await serve(async ({ n }) => {
      if (n === 0) await gate.whenOpen;
      handled.push(n);
    });
    await Promise.all(range(4).map((n) => emit('a', n)));
    await until('the others to wait', async () => (await pendingOf('(waiting)')) === 3);
    const entries = await redis.xrange(keyNames(prefix).stream(queue), '-', '+');
    await redis.xdel(keyNames(prefix).stream(queue), entries[1]?.[0] ?? '');
    gate.open();
    await until('the rest', () => handled.length === 3);
    expect(handled).toEqual([0, 2, 3]);
  });

  it('that are put back from the dead letters run behind the others, and beside none', async () => {
    const handled: string[] = [];
    const gate = new Gate();
    let isMended = false;
    await serve(async ({ n }) => {
      if (n === 0 && !isMended) throw new Error('closed');
      handled.push(`begin ${n}`);
      if (n === 1) await gate.whenOpen;
      handled.push(`end ${n}`);
    }, 1);
    await Promise.all(range(2).map((n) => emit('a', n)));
    await until('the second to run', () => handled.length === 1);
    isMended = true;
    const letters = new DeadLetters({ url: given, prefix });
    await letters.redrive(queue);
    await letters.close();
    await emit('a', 2);
    await until('the letter and the third to wait', async () => {
      return (await pendingOf('(waiting)')) === 2;
    });
    gate.open();
    await until('all of them', () => handled.length === 6);
    const order = ['begin 1', 'end 1', 'begin 0', 'end 0', 'begin 2', 'end 2'];
    expect(handled).toEqual(order);
  });

  it('that wait are bounded: their group then reads no further until some have run', async () => {
    const gate = new Gate();
    const handled: string[] = [];
    await serve(async ({ key, n }) => {
      if (n === 0) await gate.whenOpen;
      handled.push(`${key} ${n}`);
    });
    await Promise.all(range(12_000).map((n) => emit('a', n)));
    await emit('b', 1);
    await until('the limit', async () => (await pendingOf('(waiting)')) >= 10_000);
    // What was asked for before the limit may still come.
    expect(await pendingOf('(waiting)')).toBeLessThan(10_600);
    expect(handled).toEqual([]);
    gate.open();
    await until('all events', () => handled.length === 12_001);
    const ofA = handled.filter((one) => one.startsWith('a'));
    expect(ofA).toEqual(range(12_000).map((n) => `a ${n}`));
    const left = await redis.hlen(keyNames(prefix).following(queue, 'mail'));
    expect(left).toBe(0);
  }, 60_000);
});
