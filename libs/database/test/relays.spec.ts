import { Bus } from '@courtside/service';
import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { Client } from 'pg';
import { OutboxRelay } from '../src/outbox/relay.js';
import { aGroup, aRelay, type RelayOptions } from './relay.js';
import { cancelOrders, givenBack, newIds, orders, outboxOf, sql, stock } from './shop.js';

/** What makes rows of the outbox without waking anybody: orders that are off, one event each. */
const BACKLOG = `
  INSERT INTO outbox (id, topic, event, awaiting)
  SELECT id, 'orders.cancelled', jsonb_build_object(
    'specversion', '1.0', 'id', id, 'source', '/orders', 'type', 'orders.cancelled.v1',
    'subject', id, 'time', '2026-11-25T00:00:00.000Z', 'datacontenttype', 'application/json',
    'data', jsonb_build_object('orderId', id, 'userId', id, 'reason', 'expired')
  ), '{products}' FROM unnest($1::uuid[]) WITH ORDINALITY AS made (id, place) ORDER BY place
`;

describe('relays of one outbox', () => {
  let platform: TestPlatform;
  let admin: Client;
  let relays: OutboxRelay[];
  /** Sequences in the order in which the bus had them. */
  let arrived: number[];
  let stopProbe: () => Promise<void>;

  /** A platform whose orders has no relay of its own: it was stopped, its bus was not. */
  beforeEach(async () => {
    platform = await aPlatform([orders, stock()]);
    await platform.running.get('orders')!.context.get(OutboxRelay).beforeApplicationShutdown();
    await platform.stop('products');
    admin = new Client({ connectionString: platform.database.adminUrl });
    await admin.connect();
    relays = [];
    arrived = [];
    stopProbe = await aGroup(platform, 'probe', async ({ sequence }) => {
      arrived.push(Number(sequence));
    });
  });
  afterEach(async () => {
    await Promise.all(relays.map((relay) => relay.beforeApplicationShutdown()));
    await stopProbe();
    await admin.end();
    await platform.close();
  });

  const bus = () => platform.running.get('orders')!.context.get(Bus, { strict: false });
  const relay = (options: RelayOptions = {}) => {
    const made = aRelay(platform, bus(), options);
    relays.push(made);
    return made;
  };
  const backlog = async (count: number) => {
    const ids = newIds(count);
    await sql(platform, 'orders', BACKLOG, [ids]);
    return ids;
  };
  const allMarked = () =>
    eventually(
      'all rows are marked',
      async () => (await outboxOf(platform)).every((row) => row.epoch !== null),
      20_000,
    );
  /** Cuts the connections of the given name, as a crash of their process would. */
  const cut = (name: string) =>
    admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
      [name],
    );

  it('[4.23] publish in the order of the sequence', async () => {
    await backlog(1_200);
    relay();
    await allMarked();
    await eventually('all have arrived', () => arrived.length === 1_200);
    expect(arrived).toEqual([...arrived].sort((one, other) => one - other));
  });

  it('share the work: none waits for another, and no row is published twice', async () => {
    await backlog(3_000);
    let letFirstGo = () => {};
    const secondHasWorked = new Promise<void>((resolve) => (letFirstGo = resolve));
    const events = [0, 0];
    relay({
      around: async (publish, count) => {
        events[0]! += count;
        await secondHasWorked;
        await publish();
      },
    });
    await eventually('the first has rows', () => events[0] === 500);
    relay({
      around: async (publish, count) => {
        events[1]! += count;
        await publish();
        letFirstGo();
      },
    });
    await allMarked();
    await eventually('all have arrived', () => arrived.length >= 3_000, 20_000);
    expect(events[0]! + events[1]!).toBe(3_000);
    expect(events[1]!).toBeGreaterThan(0);
    expect(new Set(arrived).size).toBe(3_000);
    expect(arrived).toHaveLength(3_000);
  });

  it('[4.23] publish again what a crash left between bus and mark; it is handled once', async () => {
    const ids = await backlog(20);
    let crashes = 0;
    relay({
      name: 'the one that crashes',
      around: async (publish) => {
        await publish();
        if (crashes++ === 0) await cut('the one that crashes');
      },
    });
    await allMarked();
    await eventually('both copies', () => arrived.length === 40);
    await platform.start(stock());
    await eventually('an empty outbox', async () => (await outboxOf(platform)).length === 0);
    expect((await givenBack(platform)).sort()).toEqual(ids.sort());
  });

  it('mark nothing that the bus did not take', async () => {
    await backlog(5);
    let tries = 0;
    relay({
      around: async (publish) => {
        tries += 1;
        if (tries < 3) throw Object.assign(new Error('away'), { code: 'DISCONNECTED' });
        await publish();
      },
    });
    await allMarked();
    await eventually('they arrive', () => arrived.length === 5);
    expect(tries).toBe(3);
  });

  it('go on after the database has cut their connection, at once when there is work', async () => {
    const working = relay({ name: 'the one that is cut', pollMs: 3_600_000 });
    await eventually('it listens', () => working.isListening);
    await cut('the one that is cut');
    await eventually('it listens again', async () => {
      const { rows } = await admin.query(
        `SELECT FROM pg_stat_activity WHERE application_name = 'the one that is cut'`,
      );
      return rows.length === 1 && working.isListening;
    });
    await backlog(1);
    await admin.query(`NOTIFY "the one that is cut"`);
    await eventually('it arrives', () => arrived.length === 1);
  });

  it('hear from a process whose own relay cannot work, long before they look by themselves', async () => {
    const working = relay({ pollMs: 3_600_000 });
    await eventually('it listens', () => working.isListening);
    await cancelOrders(platform.running.get('orders')!, newIds(1));
    await eventually('it arrives', () => arrived.length === 1);
  });

  it('finish what they have begun when they stop, and let go of the database', async () => {
    await backlog(2_000);
    const stopping = relay({ name: 'the one that stops' });
    await eventually('some are published', () => arrived.length > 0);
    await stopping.beforeApplicationShutdown();
    const { rows } = await admin.query(
      `SELECT FROM pg_stat_activity WHERE application_name = 'the one that stops'`,
    );
    expect(rows).toEqual([]);
    const marked = (await outboxOf(platform)).filter((row) => row.epoch !== null).length;
    await eventually('what is marked has arrived', () => arrived.length === marked);
  });

  it('publish again what a group has passed by, not what it will come to', async () => {
    let goOn = () => {};
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const closeGroup = await aGroup(platform, 'products', () => gate);
    try {
      await backlog(3);
      let looks = 0;
      relay({ repeatMs: 10, pollMs: 10, onLook: () => (looks += 1) });
      await allMarked();
      await sql(platform, 'orders', 'UPDATE outbox SET due_at = now()');
      const seen = looks;
      await eventually('it has looked again', () => looks > seen + 3);
      expect((await outboxOf(platform)).map((row) => row.publications)).toEqual([1, 1, 1]);
      goOn();
      await eventually('all are published again', async () =>
        (await outboxOf(platform)).every((row) => row.publications === 2),
      );
    } finally {
      goOn();
      await closeGroup();
    }
  });

  it('leave alone what belongs to a topic that the bus refuses, and publish the rest', async () => {
    const [id] = newIds(1) as [string];
    await sql(platform, 'orders', BACKLOG.replace('orders.cancelled', 'orders.renamed'), [[id]]);
    await backlog(3);
    relay();
    await eventually('the rest', () => arrived.length === 3);
    const left = (await outboxOf(platform)).filter((row) => row.epoch === null);
    expect(left.map((row) => row.id)).toEqual([id]);
  });
});
