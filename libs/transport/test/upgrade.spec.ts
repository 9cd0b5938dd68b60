import type { Redis } from 'ioredis';
import {
  AccessLists,
  TransportClient,
  TransportServer,
  aclRulesOf,
  aclUserOf,
  keyNames,
  openBroker,
} from '../src/index.js';
import type { Harness } from '../src/conformance/conformance.js';
import type { MessageContext } from '../src/index.js';
import { until } from '../src/conformance/lab.js';
import { OldMember } from './old-member.js';
import { PublisherAndSubscriber } from './publisher-and-subscriber.js';

const given = process.env['TEST_REDIS_URL'] ?? 'none';
const topic = 'orders.paid';
const queue = { kind: 'events', name: topic } as const;

(given === 'none' ? describe.skip : describe)('an upgrade from the release before', () => {
  let bench: PublisherAndSubscriber;
  let harness: Harness;
  let prefix: string;
  let redis: Redis;
  let client: TransportClient;
  let handled: MessageContext[];

  beforeEach(() => {
    bench = new PublisherAndSubscriber(given);
    ({ harness, prefix, redis, client } = bench);
    handled = [];
  });

  afterEach(() => bench.close());

  const serve = () => bench.serve(topic, (_, context) => void handled.push(context));

  const headers = async () => {
    const entries = await redis.xrange(keyNames(prefix).stream(queue), '-', '+');
    return entries.map(([, fields]) => fields[fields.indexOf('h') + 1] ?? '');
  };

  it('hands members of that release what they can read, and those of this one all', async () => {
    const old = new OldMember(given, prefix, { topic, group: 'mail' });
    await old.work();
    await serve();
    for (let n = 0; n < 5; n += 1) {
      await client.emitEvent(topic, { n }, { metadata: { a: 'b' } });
      await old.work();
    }
    await until('all events', () => handled.length + old.read.length === 5);
    for (const header of old.read) expect(header).toMatchObject({ v: 1, p: topic, s: 'orders' });
    for (const context of handled)
      expect(context).toMatchObject({ sender: 'orders', pattern: topic });
    expect(await harness.deadLetters(queue)).toEqual([]);
    await old.leave();
  });

  it('reads what was written in the format of that release', async () => {
    const header = { v: 1, k: 'e', p: topic, i: 'old-id', s: 'orders' };
    await redis.xadd(
      ...([keyNames(prefix).stream(queue), '*', 'h', JSON.stringify(header), 'd', '7'] as const),
    );
    await serve();
    await until('the event', () => handled.length === 1);
    expect(handled[0]).toMatchObject({ id: 'old-id', pattern: topic, sender: 'orders' });
  });

  it('writes the short format once nobody of that release reads the topic', async () => {
    await serve();
    await until('the short format', async () => {
      await client.emitEvent(topic, {});
      return (await headers()).some((header) => header.startsWith('2'));
    });
    const before = handled.length;
    await client.emitEvent(topic, {});
    await until('the event', () => handled.length > before);
    expect(handled.at(-1)?.id).toMatch(/^\d+-\d+\.[\w-]{6}$/);
    expect(await harness.deadLetters(queue)).toEqual([]);
  });

  it('writes the long format again as soon as one comes back', async () => {
    await serve();
    await until('the short format', async () => {
      await client.emitEvent(topic, {});
      return (await headers()).at(-1)?.startsWith('2') ?? false;
    });
    await until('all of them', async () => handled.length === (await headers()).length);
    const old = new OldMember(given, prefix, { topic, group: 'mail' });
    await old.work();
    await until('the long format', async () => {
      await client.emitEvent(topic, {});
      return (await headers()).at(-1)?.startsWith('{') ?? false;
    });
    await old.leave();
  });

  it('sends urgent requests the way of all others to members of that release', async () => {
    const shop = { kind: 'requests', name: 'shop' } as const;
    const keys = keyNames(prefix);
    await redis.zadd(keys.presence(shop, 'shop'), Date.now(), 'old~2');
    const keyed = { priority: 'high', idempotencyKey: 'x' } as const;
    const asked = [
      client.request('shop.read', {}, { priority: 'high', deadlineMs: 3_000 }),
      client.request('shop.read', {}, { ...keyed, deadlineMs: 3_000 }),
    ].map((answer) => answer.catch(() => {}));
    await until('both among the others', async () => {
      return (await redis.xlen(keys.stream(shop))) === 2;
    });
    expect(await redis.exists(keys.stream({ ...shop, lane: 'high' }))).toBe(0);
    await client.close();
    await Promise.all(asked);
  });

  it('serves with the access lists of that release, which know one queue of requests', async () => {
    const nothing = { calls: [], publishes: [], subscribes: [], broadcasts: [], hears: [] };
    const topology = { desk: { ...nothing, calls: ['shop'] }, shop: nothing };
    const passwordOf = () => 'pw';
    const lists = new AccessLists({ url: given, prefix, topology, passwordOf });
    await lists.give();
    for (const name of ['desk', 'shop']) {
      const before = aclRulesOf(name, topology, prefix).map((rule) =>
        rule.replace(/ ~\S*(\.hi|:due|:due:events)(?=[ )])/g, ''),
      );
      const all = ['reset', 'on', '>pw', ...before];
      await redis.call('ACL', 'SETUSER', aclUserOf(name, prefix), ...all);
    }
    const told: string[] = [];
    const onDenied = (act: string) => void told.push(act);
    const open = (name: string) =>
      openBroker(lists.urlOf(name), { prefix, service: name, onDenied });
    const shop = new TransportServer({ broker: open('shop'), service: 'shop', ownsBroker: true });
    shop.addHandler('shop.read', (async (data: unknown) => data) as never);
    await shop.listen((error) => expect(error).toBe(undefined));
    const desk = new TransportClient({ broker: open('desk'), service: 'desk', ownsBroker: true });
    expect(await desk.request('shop.read', 1)).toBe(1);
    expect(await desk.request('shop.read', 2, { priority: 'high' })).toBe(2);
    expect(await desk.request('shop.read', 3, { priority: 'high' })).toBe(3);
    expect(told).toEqual(["read the urgent requests to 'shop'", "send requests to 'shop'"]);
    await desk.close();
    await shop.close();
    await lists.takeBack();
    lists.close();
  });
});
