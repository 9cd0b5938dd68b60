import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { DeadLetters, RedisBroker, aclRulesOf, aclUserOf, keyNames } from '../src/index.js';
import type { Harness, HarnessBroker } from '../src/conformance/harness.js';
import { Gate, Lab, range, rejection, until } from '../src/conformance/lab.js';
import { OldMember } from './old-member.js';
import { redisHarness } from './redis-harness.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';
const topic = { kind: 'events', name: 'orders.paid' } as const;
const large = 'x'.repeat(300_000);
const nothing = { calls: [], publishes: [], subscribes: [], broadcasts: [], hears: [] };

(given === 'none' ? describe.skip : describe)('a payload that lies apart on Redis', () => {
  let harness: Harness;
  let prefix: string;
  let redis: Redis;
  let lab: Lab;

  beforeEach(() => {
    prefix = `t${randomUUID().slice(0, 8)}`;
    redis = new Redis(given);
    harness = redisHarness(given, prefix);
    lab = new Lab(harness);
  });

  afterEach(async () => {
    await lab.close();
    redis.disconnect();
  });

  const apart = () => redis.keys(`${prefix}:{*}:b:*`);
  const entriesOf = (name: string) => redis.xrange(name, '-', '+');

  it('is not in the stream, and has a time to live where it is of a request', async () => {
    const gate = new Gate();
    let isRunning = false;
    const read = async () => {
      isRunning = true;
      await gate.whenOpen;
    };
    await lab.replica('big', { requests: { 'big.read': read } });
    const answer = lab.client('asker').request('big.read', large, { deadlineMs: 20_000 });
    await until('the run', () => isRunning);
    const [entry] = await entriesOf(keyNames(prefix).stream({ kind: 'requests', name: 'big' }));
    expect(entry?.[1].join(' ')).toMatch(/ d @[\w.-]+ 300002$/);
    const [name = ''] = await apart();
    const leftMs = await redis.pttl(name);
    expect([leftMs > 60_000, leftMs < 90_000]).toEqual([true, true]);
    gate.open();
    await answer;
    await until('it to be gone', async () => (await apart()).length === 0);
  });

  it('that is lost is an error at once: PAYLOAD_LOST, and nothing ran', async () => {
    const gate = new Gate();
    const runs: string[] = [];
    const read = async (text: string) => {
      runs.push(text.slice(0, 5));
      await gate.whenOpen;
    };
    await lab.replica('big', { requests: { 'big.read': read }, options: { maxInFlight: 1 } });
    const client = lab.client('asker', { deadlineMs: 20_000 });
    const first = client.request('big.read', 'first');
    await until('the first run', () => runs.length === 1);
    const second = rejection(client.request('big.read', large));
    await until('the payload', async () => (await apart()).length === 1);
    await redis.del(...(await apart()));
    gate.open();
    await first;
    expect(await second).toMatchObject({ code: 'PAYLOAD_LOST' });
    expect(runs).toEqual(['first']);
  });

  it('that is lost makes its event a dead letter with the reason', async () => {
    await lab.replica('mail', { events: { [topic.name]: () => {} }, options: { maxInFlight: 1 } });
    const stream = keyNames(prefix).stream(topic);
    await redis.xadd(stream, '*', 'h', '2aaaaaa', 'd', '@nowhere.1.0 300002');
    await until('the dead letter', async () => (await harness.deadLetters(topic)).length === 1);
    expect(await harness.deadLetters(topic)).toEqual([
      { group: 'mail', reason: 'its payload is gone', attempts: 1, body: '@nowhere.1.0 300002' },
    ]);
  });

  it('of a reply that is lost is UNKNOWN_OUTCOME for who asked', async () => {
    const gate = new Gate();
    await lab.replica('big', { requests: { 'big.read': () => gate.whenOpen } });
    const client = lab.client('asker', { deadlineMs: 20_000 });
    const answer = rejection(client.request('big.read', {}));
    const stream = keyNames(prefix).stream({ kind: 'requests', name: 'big' });
    await until('the request', async () => (await entriesOf(stream)).length === 1);
    const [entry] = await entriesOf(stream);
    const { i, r } = JSON.parse(entry?.[1][1] ?? '') as { i: string; r: string };
    expect(r).toMatch(/~r$/);
    await redis.publish(r, `${i} @\nV nowhere 300002\n`);
    expect(await answer).toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    gate.open();
  });

  it('comes back from the dead letters with its event', async () => {
    let isMended = false;
    const handled: boolean[] = [];
    const handle = (text: string) => {
      if (!isMended) throw new Error('closed');
      handled.push(text === large);
    };
    await lab.replica('mail', {
      events: { [topic.name]: handle },
      options: { retry: { attemptsMax: 1 }, keepEventsMs: 0 },
    });
    await lab.client('orders').emitEvent(topic.name, large);
    await until('the dead letter', async () => (await harness.deadLetters(topic)).length === 1);
    // Its event is trimmed away with the next one, and what lay apart with it.
    await lab.client('orders').emitEvent(topic.name, 'small');
    await until('the payload to be gone', async () => (await apart()).length === 0);
    isMended = true;
    const letters = new DeadLetters({ url: given, prefix });
    await letters.redrive(topic, { reason: 'closed' });
    await letters.close();
    await until('the event', () => handled.includes(true));
  });

  it('travels with its request while a replica of a release before is alive', async () => {
    const gate = new Gate();
    await lab.replica('big', {
      requests: {
        'big.read': async (text: string) => {
          await gate.whenOpen;
          return text.length;
        },
      },
    });
    const queue = { kind: 'requests', name: 'big' } as const;
    const keys = keyNames(prefix);
    await redis.zadd(keys.presence(queue, 'big'), Date.now() + 60_000, 'old~2');
    await until('the replica to notice', async () => !(await redis.exists(keys.reads(queue))));
    const answer = lab.client('asker').request('big.read', large, { deadlineMs: 20_000 });
    await until('the request', async () => (await entriesOf(keys.stream(queue))).length === 1);
    const [entry] = await entriesOf(keys.stream(queue));
    expect(entry?.[1][3]).toBe(JSON.stringify(large));
    gate.open();
    expect(await answer).toBe(large.length);
  });

  it('travels with its event where the access list is of a release before', async () => {
    const topology = {
      orders: { ...nothing, publishes: [topic.name] },
      mail: { ...nothing, subscribes: [topic.name] },
    };
    for (const service of Object.keys(topology)) {
      const rules = aclRulesOf(service, topology, prefix)
        .map((rule) => rule.replaceAll(/ ~[^ )]*:(b:|bodies|last|after:|rb:)[^ )]*/g, ''))
        .filter((rule) => !rule.startsWith('(') || /[~&]/.test(rule));
      const user = aclUserOf(service, prefix);
      await redis.call('ACL', 'SETUSER', user, 'reset', 'on', '>pw', ...rules);
    }
    const told: string[] = [];
    const broker = ({ service }: HarnessBroker) => {
      const url = new URL(given);
      [url.username, url.password] = [aclUserOf(service, prefix), 'pw'];
      const onDenied = (act: string) => void told.push(act);
      return new RedisBroker({ url: url.href, prefix, service, onDenied });
    };
    const restricted = new Lab({ ...harness, broker, close: async () => {} });
    const handled: boolean[] = [];
    const events = { [topic.name]: (text: string) => void handled.push(text === large) };
    await restricted.replica('mail', { events });
    await restricted.client('orders').emitEvent(topic.name, large);
    await until('the event', () => handled.length === 1);
    expect([handled, await apart(), told]).toEqual([[true], [], []]);
    await restricted.close();
    const users = Object.keys(topology).map((service) => aclUserOf(service, prefix));
    await redis.call('ACL', 'DELUSER', ...users);
  });

  it('travels with its event while a member of a release before reads the topic', async () => {
    const old = new OldMember(given, prefix, { topic: topic.name, group: 'mail' });
    await old.work();
    const handled: boolean[] = [];
    const handle = (text: string) => void handled.push(text === large);
    await lab.replica('mail', { events: { [topic.name]: handle } });
    const client = lab.client('orders');
    for (const _ of range(5)) {
      await client.emitEvent(topic.name, large);
      await old.work();
    }
    await until('all events', () => handled.length + old.read.length === 5);
    expect([handled.includes(false), (await apart()).length]).toEqual([false, 0]);
    await old.leave();
  });
});
