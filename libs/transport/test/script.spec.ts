import { randomUUID } from 'node:crypto';
import { Command, Redis } from 'ioredis';
import { Script, sendCommand } from '../src/redis/script.js';
import { range } from '../src/conformance/lab.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';

(given === 'none' ? describe.skip : describe)('a script on a connection', () => {
  let redis: Redis;
  let list: string;
  beforeEach(() => {
    redis = new Redis(given);
    list = `t${randomUUID()}`;
  });
  afterEach(async () => {
    await redis.del(list);
    redis.disconnect();
  });

  /** No server knows its text before. */
  const append = () =>
    new Script({
      numberOfKeys: 1,
      lua: `return redis.call('RPUSH', KEYS[1], ARGV[1]) -- ${randomUUID()}`,
    });
  const added = async () => (await redis.lrange(list, 0, -1)).map(Number);

  it('runs in the order of its calls, the first of which bring its text', async () => {
    const script = append();
    const lengths = range(20).map((n) => script.run(redis, [list, n]));
    expect(await Promise.all(lengths)).toEqual(range(20).map((n) => n + 1));
    expect(await added()).toEqual(range(20));
  });

  it('is told again to a server that has forgotten it', async () => {
    const script = append();
    await script.run(redis, [list, 0]);
    await redis.script('FLUSH');
    const lengths = range(3).map((n) => script.run(redis, [list, n + 1]));
    expect((await Promise.all(lengths)).toSorted()).toEqual([2, 3, 4]);
    expect(await script.run(redis, [list, 4])).toBe(5);
  });

  it('fails as the server says, and once', async () => {
    const script = new Script({
      lua: `redis.call('RPUSH', KEYS[1], 'a') return redis.call('GET', KEYS[1])`,
    });
    await expect(script.run(redis, [1, list])).rejects.toThrow(/^WRONGTYPE/);
    expect(await redis.llen(list)).toBe(1);
  });

  it('lets go of what it carried once it is answered, and not before', async () => {
    const command = new Command('rpush', [list, 'x'.repeat(100)], { replyEncoding: 'utf8' });
    const answer = sendCommand(redis, command);
    expect(command.args).toHaveLength(2);
    expect(await answer).toBe(1);
    expect(command.args).toEqual([]);
  });
});
