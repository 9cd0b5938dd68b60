import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { keyNames } from '../src/index.js';
import { withCommands } from '../src/redis/commands.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';
const events = 25_000;
const queue = { kind: 'events', name: 'orders.paid' } as const;

(given === 'none' ? describe.skip : describe)('a backlog that was worked off', () => {
  const keys = keyNames(`t${randomUUID().slice(0, 8)}`);
  const stream = keys.stream(queue);
  const notes = [keys.state, keys.marks].map((key) => key(queue, 'mail'));
  const [state = '', marks = ''] = notes;
  const later = keys.later(queue, 'mail');
  const redis = given === 'none' ? undefined! : withCommands(new Redis(given));
  afterAll(async () => {
    await redis.del(stream, keys.presence(queue, 'mail'), later, ...notes);
    redis.disconnect();
  });

  const tend = async () => {
    const all = [stream, keys.presence(queue, 'mail'), later, state, marks];
    await redis.nxTend(
      ...all,
      'mail',
      'one~2',
      3_000,
      0,
      'serving',
      0,
      keys.bodies(queue),
      keys.body(queue),
    );
    return redis.xlen(stream);
  };
  const finish = (ids: string[]) =>
    redis.nxFinish(
      ...[stream, later, keys.deadLetters(queue), marks, state],
      ...['mail', 'one~2', 'keep', ids.length, ...ids, 0],
    );

  it('is trimmed in steps, none of which keeps Redis from answering others', async () => {
    await tend();
    const adding = redis.pipeline();
    // Of a time that is over: what is added now is kept for a moment.
    for (let n = 1; n <= events; n += 1) adding.xadd(stream, `${n}-0`, 'h', '2aaaaaa', 'd', '{}');
    await adding.exec();
    await redis.xgroup('SETID', stream, 'mail', `${events}-0`);
    const first = await tend();
    expect(first).toBeGreaterThan(events - 11_000);
    expect(first).toBeLessThan(events - 9_000);
    // What comes to be finished takes some along.
    await finish(Array.from({ length: 500 }, (_, n) => `${n + 1}-0`));
    const second = await redis.xlen(stream);
    expect(second).toBeGreaterThan(first - 1_200);
    expect(second).toBeLessThan(first - 900);
    await tend();
    expect(await tend()).toBeLessThanOrEqual(1);
  });
});
