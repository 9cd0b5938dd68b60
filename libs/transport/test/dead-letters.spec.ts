import { TransportClient, TransportServer } from '../src/index.js';
import type { Harness } from '../src/conformance/conformance.js';
import type { BrokerPort, MessageContext, Queue } from '../src/index.js';
import { deadLetters } from '../src/cli/dead-letters.js';
import { deadAfterMs, range, until } from '../src/conformance/lab.js';
import { redisHarness } from './redis-harness.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';
const topic: Queue = { kind: 'events', name: 'orders.paid' };
const prefix = `t${process.pid}-dead`;

async function run(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await deadLetters(['dead-letters', ...args], {
    say: (line) => said.push(line),
    complain: (line) => complained.push(line),
  });
  return { code, said, complained };
}

const onTopic = (act: string, ...args: string[]) =>
  run(act, '--url', given, '--prefix', prefix, '--topic', topic.name, ...args);

(given === 'none' ? describe.skip : describe)('the command for dead letters', () => {
  let harness: Harness;
  let broker: BrokerPort;
  let server: TransportServer;
  let isMended: boolean;
  let handled: number[];
  let ids: string[];

  beforeEach(async () => {
    harness = redisHarness(given, prefix);
    broker = harness.broker({ deadAfterMs, service: 'mail' });
    [isMended, handled, ids] = [false, [], []];
    server = new TransportServer({ broker, service: 'mail', retry: { attemptsMax: 1 } });
    const handle = async ({ n }: { n: number }, { id }: MessageContext) => {
      ids.push(id);
      if (!isMended) throw new Error(n % 2 === 0 ? 'even is closed' : 'odd is closed');
      handled.push(n);
    };
    server.addHandler(topic.name, handle as never, true);
    await new Promise<void>((resolve, reject) => {
      void server.listen((error) => (error ? reject(error) : resolve()));
    });
    const client = new TransportClient({ broker, service: 'orders' });
    await Promise.all(range(250).map((n) => client.emitEvent(topic.name, { n })));
    await until('every dead letter', async () => (await harness.deadLetters(topic)).length === 250);
    await client.close();
  });

  afterEach(async () => {
    await server.close();
    await broker.close();
    await harness.close();
  });

  it('lists them with all that is known of them', async () => {
    const { code, said } = await onTopic('list', '--reason', 'even', '--group', 'mail');
    expect(code).toBe(0);
    expect(said.length).toBe(125);
    expect(JSON.parse(said[0] ?? '')).toMatchObject({
      group: 'mail',
      pattern: 'orders.paid',
      reason: 'Error: even is closed',
      attempts: 1,
    });
    expect((await onTopic('list', '--pattern', 'orders.made')).said).toEqual([]);
  });

  it('redrives those that are asked for, each once, and leaves the others', async () => {
    isMended = true;
    expect((await onTopic('redrive', '--reason', 'odd', '--dry-run')).said).toEqual([
      '125 would be redriven',
    ]);
    expect((await harness.deadLetters(topic)).length).toBe(250);
    const answers = await Promise.all(range(2).map(() => onTopic('redrive', '--reason', 'odd')));
    const moved = answers.map(({ said }) => Number(/^\d+/.exec(said[0] ?? '')?.[0]));
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(125);
    await until('their handlers', () => handled.length === 125);
    expect(handled.every((n) => n % 2 === 1)).toBe(true);
    // They are the messages that they were.
    expect([ids.length, new Set(ids).size]).toEqual([375, 250]);
    expect((await harness.deadLetters(topic)).length).toBe(125);
  });

  it('moves no more letters a second than it is told', async () => {
    const since = Date.now();
    const { said } = await onTopic('redrive', '--reason', 'odd', '--rate', '100');
    expect(said).toEqual(['125 redriven, 0 already gone, 0 kept: their group is not there']);
    // The first hundred go at once; what is measured is a least time, which no busy machine breaks.
    expect(Date.now() - since).toBeGreaterThanOrEqual(995);
  });

  it('keeps what nobody would get', async () => {
    await server.close();
    await harness.loseGroup!(topic, 'mail');
    const { said } = await onTopic('redrive');
    expect(said).toEqual(['0 redriven, 0 already gone, 250 kept: their group is not there']);
    expect((await harness.deadLetters(topic)).length).toBe(250);
  });
});

describe('the command for dead letters, used wrongly', () => {
  const url = 'redis://127.0.0.1:1';
  it.each([
    [['list', '--url', url], 'either --topic or --service names the dead letters'],
    [['list', '--topic', 'a'], '--url must be the URL of a Redis'],
    [['drop'], 'it is dead-letters list or dead-letters redrive: --help tells more'],
    [['list', '--fast'], "Unknown option '--fast'"],
    [
      ['redrive', '--url', url, '--topic', 'a', '--rate', '0'],
      "--rate must be a number above 0, not '0'",
    ],
  ])('says so in a sentence: %j', async (args, sentence) => {
    expect(await run(...args)).toEqual({ code: 2, said: [], complained: [sentence] });
  });

  it('says what there is when asked', async () => {
    const { code, said } = await run('--help');
    expect([code, said[0]?.split(' ')[0]]).toEqual([0, 'courtside-transport']);
  });
});
