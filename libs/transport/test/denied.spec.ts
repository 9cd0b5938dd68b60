import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { AccessLists, RedisBroker, TransportClient, aclRulesOf, aclUserOf } from '../src/index.js';
import type { BusRights, BusTopology } from '../src/index.js';
import { Lab, rejection, until } from '../src/conformance/lab.js';
import { redisHarness } from './redis-harness.js';

const given = process.env['TEST_REDIS_URL'] ?? '';
const nothing: BusRights = {
  calls: [],
  publishes: [],
  subscribes: [],
  broadcasts: [],
  hears: [],
};
const topology: BusTopology = {
  caller: { ...nothing, calls: ['shop'] },
  shop: { ...nothing, publishes: ['shop.opened'] },
  thief: { ...nothing, calls: ['shop'] },
};

/** Brokers of services with their users, and what each was told to be refused. */
class Thieves {
  readonly prefix = `t${randomUUID().slice(0, 8)}`;
  readonly told: string[] = [];
  readonly #lists = new AccessLists({
    url: given,
    prefix: this.prefix,
    topology,
    passwordOf: () => 'pw',
  });
  readonly #brokers: RedisBroker[] = [];

  async give(): Promise<void> {
    await this.#lists.give();
  }

  broker(service: string): RedisBroker {
    const { prefix } = this;
    const onDenied = (act: string) => void this.told.push(`${service} may not ${act}`);
    const options = { url: this.#lists.urlOf(service), prefix, service, onDenied };
    const broker = new RedisBroker({ ...options, deadAfterMs: 1_000 });
    this.#brokers.push(broker);
    return broker;
  }

  /** Workbench on which every service connects as its own user. */
  lab(): Lab {
    return new Lab({
      ...redisHarness(given, this.prefix),
      broker: ({ service }) => this.broker(service),
    });
  }

  async takeBack(): Promise<void> {
    await Promise.all(this.#brokers.map((broker) => broker.close()));
    await this.#lists.takeBack();
    this.#lists.close();
  }
}

const describeWithRedis = given === 'none' ? describe.skip : describe;

describeWithRedis('what an access list refuses', () => {
  let thieves: Thieves;
  beforeEach(async () => {
    thieves = new Thieves();
    await thieves.give();
  });
  afterEach(() => thieves.takeBack());

  it('fails with DENIED, names the act, and is told once', async () => {
    const broker = thieves.broker('thief');
    const client = new TransportClient({ broker, service: 'thief' });
    const denied = async (act: string, work: Promise<unknown>) => {
      thieves.told.length = 0;
      const error = await rejection(work);
      expect(error).toMatchObject({ code: 'DENIED', message: expect.stringContaining(act) });
      expect(thieves.told).toEqual([`thief may not ${act}`]);
    };
    await denied("send requests to 'caller'", client.request('caller.look', {}));
    await denied("publish events on 'shop.opened'", client.emitEvent('shop.opened', {}));
    await denied("broadcast on 'prices'", broker.broadcast('prices', 'x'));
    await denied(
      "hear what is broadcast on 'prices'",
      broker.onBroadcast('prices', () => {}),
    );
    const inbox = broker.inboxAddress('caller', 'x');
    const opened = broker.openInbox(
      inbox,
      () => {},
      () => {},
    );
    await denied(`read the inbox '${inbox}'`, opened);
    const queue = { kind: 'requests', name: 'thief' } as const;
    await denied(`reply to '${inbox}'`, broker.reply(queue, [{ inbox, text: 'x' }]));
    await client.close();
  });

  it('fails the start of a server that would read what is not its own', async () => {
    const lab = thieves.lab();
    const events = { 'shop.opened': () => {} };
    const error = await rejection(lab.replica('thief', { events }));
    expect(error).toMatchObject({ code: 'DENIED' });
    expect(thieves.told).toEqual(["thief may not read the events of 'shop.opened'"]);
    await lab.close();
  });

  it('keeps no replica busy whose replies it refuses', async () => {
    const lab = thieves.lab();
    const admin = new Redis(given);
    const rules = aclRulesOf('shop', topology, thieves.prefix);
    const silent = rules.filter((rule) => !rule.includes('+publish'));
    const user = aclUserOf('shop', thieves.prefix);
    await admin.call('ACL', 'SETUSER', user, 'reset', 'on', '>pw', ...silent);
    let runs = 0;
    await lab.replica('shop', { requests: { 'shop.read': () => (runs += 1) } });
    const client = lab.client('caller', { deadlineMs: 200 });
    for (const n of [1, 2]) {
      expect(await rejection(client.request('shop.read', {}))).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      });
      await until('the refused reply', () => thieves.told.length === n);
    }
    expect(thieves.told[1]).toMatch(/^shop may not reply to '.*:r:caller:.*'$/);
    expect(runs).toBe(2);
    await until('an empty queue', async () => {
      return (await lab.harness.queueSize({ kind: 'requests', name: 'shop' })) === 0;
    });
    admin.disconnect();
    await lab.close();
  });

  it('is not managed by a service itself', async () => {
    const broker = thieves.broker('thief');
    const { prefix } = thieves;
    await broker.connect();
    const url = new URL(given);
    url.username = `${prefix}-thief`;
    url.password = 'pw';
    const own = new AccessLists({ url: url.href, prefix, topology, passwordOf: () => 'mine' });
    expect(await rejection(own.give())).toMatchObject({
      code: 'DENIED',
      message: "the broker's access list does not let this client manage users",
    });
    own.close();
  });
});
