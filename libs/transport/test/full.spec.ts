import { Redis } from 'ioredis';
import { RedisServer } from '@courtside/testing';
import { Gate, Lab, deadAfterMs, rejection, until } from '../src/conformance/lab.js';
import { redisHarness } from './redis-harness.js';

const isSkipped = process.env['TEST_REDIS_URL'] === 'none';
const topic = { kind: 'events', name: 'orders.paid' } as const;

(isSkipped ? describe.skip : describe)('a Redis that has no memory left', () => {
  let server: RedisServer;
  let redis: Redis;
  let lab: Lab;

  beforeAll(async () => {
    server = await RedisServer.start({ flags: ['--maxmemory-policy', 'noeviction'] });
    redis = new Redis(server.url);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.close();
  });
  beforeEach(() => (lab = new Lab(redisHarness(server.url))));
  afterEach(async () => {
    await redis.config('SET', 'maxmemory', 0);
    await lab.close();
  });

  const fill = () => redis.config('SET', 'maxmemory', 1);
  const makeRoom = () => redis.config('SET', 'maxmemory', 0);
  /** Long enough for who gives no sign of life to be held for dead. */
  const untilOthersWouldBeDead = async () => {
    const from = Date.now();
    await until('a death', () => Date.now() - from > 2 * deadAfterMs);
  };

  /** A replica that runs one request, and goes on when the gate is open. */
  const oneAtATime = () => {
    const gate = new Gate();
    const runs: number[] = [];
    const run = async (n: number) => {
      runs.push(n);
      await gate.whenOpen;
      return n;
    };
    return { gate, runs, parts: { requests: { 'shop.read': run }, options: { maxInFlight: 1 } } };
  };

  it('takes nothing new and says so, and what it holds is done, by whom it was given to', async () => {
    const { gate, runs, parts } = oneAtATime();
    const replicas = [await lab.replica('shop', parts), await lab.replica('shop', parts)];
    const client = lab.client('asker', { deadlineMs: 20_000 });
    const before = [1, 2, 3].map((n) => client.request('shop.read', n, { effect: 'none' }));
    await until('two runs', () => runs.length === 2);
    await fill();
    const refused = { code: 'OVERLOADED', retryAfterMs: 1_000 };
    expect(await rejection(client.request('shop.read', 4))).toMatchObject(refused);
    expect(await rejection(client.request('shop.read', 5, { idempotencyKey: 'k' }))).toMatchObject(
      refused,
    );
    expect(await rejection(client.emitEvent(topic.name, 1))).toMatchObject(refused);
    await untilOthersWouldBeDead();
    for (const { server: replica } of replicas) expect((await replica.health()).up).toBe(true);
    gate.open();
    expect(await Promise.all(before)).toEqual([1, 2, 3]);
    expect(runs.toSorted()).toEqual([1, 2, 3]);
    await makeRoom();
    expect(await client.request('shop.read', 6)).toBe(6);
  }, 30_000);

  it('lets a request with a key be answered, and events be handled, fail and die', async () => {
    const gate = new Gate();
    const handled: string[] = [];
    const handle = async (text: string) => {
      await gate.whenOpen;
      handled.push(text);
      if (text === 'bad') throw new Error('closed');
    };
    await lab.replica('shop', {
      requests: { 'shop.pay': () => gate.whenOpen.then(() => 'paid') },
      events: { [topic.name]: handle },
      options: { retry: { attemptsMax: 2, delayMs: 20 } },
    });
    const client = lab.client('asker', { deadlineMs: 20_000 });
    const paid = client.request('shop.pay', {}, { idempotencyKey: 'k' });
    for (const text of ['good', 'bad']) await client.emitEvent(topic.name, text);
    await fill();
    gate.open();
    expect(await paid).toBe('paid');
    await until('the dead letter', async () => {
      return ((await lab.harness.deadLetters(topic)) ?? []).length === 1;
    });
    expect(handled.toSorted()).toEqual(['bad', 'bad', 'good']);
    await makeRoom();
    expect(await client.request('shop.pay', {}, { idempotencyKey: 'k' })).toBe('paid');
  }, 30_000);

  it('lets a replica leave: what it had not begun is done by another', async () => {
    const { gate, runs, parts } = oneAtATime();
    const first = await lab.replica('shop', parts);
    const client = lab.client('asker', { deadlineMs: 20_000 });
    const answers = [1, 2].map((n) => client.request('shop.read', n));
    await until('a run', () => runs.length === 1);
    await lab.replica('shop', { requests: { 'shop.read': (n: number) => n } });
    await fill();
    const left = first.close();
    gate.open();
    await left;
    expect(await Promise.all(answers)).toEqual([1, 2]);
  }, 30_000);
});
