import { aPlatform, eventually, type TestPlatform } from '@courtside/testing';
import { DataSource } from 'typeorm';
import { Outbox } from '@courtside/database';
import { orderEvents, productEvents } from '@courtside/contracts';
import { newId, startApp } from '@courtside/service';
import { aGroup } from './relay.js';
import { cancelOrders, givenBack, newIds, orders, outboxOf, sql, stock } from './shop.js';

describe('an event', () => {
  let platform: TestPlatform;
  beforeAll(async () => (platform = await aPlatform([orders, stock()])));
  afterAll(() => platform.close());

  const publisher = () => platform.running.get('orders')!;
  const emptied = () =>
    eventually('an empty outbox', async () => (await outboxOf(platform)).length === 0);

  it('[4.23] is published with the change it tells of, handled once, confirmed and forgotten', async () => {
    const ids = newIds(100);
    await cancelOrders(publisher(), ids);
    await eventually('all are handled', async () => {
      const done = new Set(await givenBack(platform));
      return ids.every((id) => done.has(id));
    });
    await emptied();
    expect((await givenBack(platform)).filter((id) => ids.includes(id)).sort()).toEqual(ids.sort());
  });

  it('[4.23] is never told of a change that was rolled back', async () => {
    const [id] = newIds(1) as [string];
    await expect(cancelOrders(publisher(), [id, id])).rejects.toThrow(/duplicate key/);
    await emptied();
    const later = newIds(1);
    await cancelOrders(publisher(), later);
    await eventually('the later one', async () => (await givenBack(platform)).includes(later[0]!));
    expect(await givenBack(platform)).not.toContain(id);
  });

  it('that committed in a savepoint only is told when all is committed', async () => {
    const [kept, undone] = newIds(2) as [string, string];
    const source = publisher().context.get(DataSource);
    const outbox = publisher().context.get(Outbox, { strict: false });
    const cancel = (id: string, fails: boolean) =>
      source.transaction((outer) =>
        outer
          .transaction((inner) =>
            outbox.add(inner, orderEvents.cancelled, {
              subject: id,
              data: { orderId: id, userId: id, reason: 'expired' },
            }),
          )
          .then(() => {
            if (fails) throw new Error('the outer one fails');
          }),
      );
    await expect(cancel(undone, true)).rejects.toThrow('outer one');
    await cancel(kept, false);
    await eventually('the kept one', async () => (await givenBack(platform)).includes(kept));
    expect(await givenBack(platform)).not.toContain(undone);
  });

  it('is refused outside of a transaction, undeclared, unfit or too large', async () => {
    const source = publisher().context.get(DataSource);
    const outbox = publisher().context.get(Outbox, { strict: false });
    const id = newId();
    const data = { orderId: id, userId: id, reason: 'expired' as const };
    const add = (given: object) =>
      source.transaction((manager) =>
        outbox.add(manager, orderEvents.cancelled, { subject: id, data, ...given }),
      );
    await expect(
      outbox.add(source.manager, orderEvents.cancelled, { subject: id, data }),
    ).rejects.toThrow('in the transaction of what it tells of');
    await expect(
      source.transaction((manager) =>
        outbox.add(manager, productEvents.created, { subject: id, data: {} as never }),
      ),
    ).rejects.toThrow('services.orders.publishes');
    await expect(add({ data: { ...data, hashed_password: 'x' } })).rejects.toThrow(/does not fit/);
    await expect(add({ subject: 'x'.repeat(300_000) })).rejects.toThrow(/262144 at most/);
    expect(await outboxOf(platform)).toEqual([]);
  });

  it('stays until its subscriber has confirmed it', async () => {
    await platform.stop('products');
    const ids = newIds(3);
    await cancelOrders(publisher(), ids);
    const rows = await eventually('all are published', async () => {
      const kept = await outboxOf(platform);
      return kept.length === 3 && kept.every((row) => row.publications === 1) && kept;
    });
    expect(rows.map((row) => row.awaiting)).toEqual([['products'], ['products'], ['products']]);
    await platform.start(stock());
    await emptied();
  });

  it('that awaits two services goes when the second has confirmed it too', async () => {
    await platform.stop('products');
    await sql(
      platform,
      'orders',
      `CREATE FUNCTION await_two() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.awaiting := '{products,auth}'; RETURN NEW; END $$;
       CREATE TRIGGER await_two BEFORE INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION await_two()`,
    );
    await cancelOrders(publisher(), newIds(20));
    await sql(platform, 'orders', 'DROP FUNCTION await_two CASCADE');
    await platform.start(stock());
    await eventually('products has confirmed', async () => {
      const kept = await outboxOf(platform);
      return kept.length === 20 && kept.every((row) => row.awaiting.join() === 'auth');
    });
    await sql(platform, 'orders', `UPDATE outbox SET awaiting = '{products}', due_at = now()`);
    await emptied();
  });

  it('that its group has passed by without a word comes again, at growing distances', async () => {
    await platform.stop('products');
    const closeMute = await aGroup(platform, 'products', async () => {});
    const [id] = newIds(1) as [string];
    await cancelOrders(publisher(), [id]);
    const waits: number[] = [];
    for (const publications of [1, 2, 3]) {
      const rows = await eventually('it is published', async () => {
        const found = await sql<{ wait: number }>(
          platform,
          'orders',
          `SELECT round(extract(epoch FROM due_at - now()))::int AS wait FROM outbox
           WHERE publications = $1 AND due_at > now() + interval '5 s'`,
          [publications],
        );
        return found.length > 0 && found;
      });
      waits.push(rows[0]!.wait);
      await sql(platform, 'orders', 'UPDATE outbox SET due_at = now()');
    }
    await closeMute();
    expect(waits[1]! / waits[0]!).toBeGreaterThan(3);
    expect(waits[2]! / waits[1]!).toBeGreaterThan(3);
    await platform.start(stock());
    await emptied();
    expect((await givenBack(platform)).filter((each) => each === id)).toEqual([id]);
  });

  it('nobody subscribes to goes as soon as it is published', async () => {
    const source = platform.running.get('products')!.context.get(DataSource);
    const outbox = platform.running.get('products')!.context.get(Outbox, { strict: false });
    const productId = newId();
    await source.transaction((manager) =>
      outbox.add(manager, productEvents.created, {
        subject: productId,
        data: { productId, name: 'Ball', price: { amount: 1, currency: 'EUR' } },
      }),
    );
    await eventually('an empty outbox', async () => {
      const [row] = await sql<{ count: string }>(
        platform,
        'products',
        'SELECT count(*) FROM outbox',
      );
      return row?.count === '0';
    });
  });

  it('is handled once where two replicas subscribe and every copy comes at the same time', async () => {
    const twin = await startApp(stock(), platform.environmentOf('products'), {
      logTo: { write() {} },
    });
    try {
      const ids = newIds(50);
      await cancelOrders(publisher(), ids);
      await emptied();
      const done = (await givenBack(platform)).filter((id) => ids.includes(id));
      expect(done.sort()).toEqual(ids.sort());
    } finally {
      await twin.close();
    }
  });
});

describe('a backlog of events', () => {
  it('waits for its turn however few connections there are: none of it fails or is tried again', async () => {
    const slowly = stock((_event, manager) => manager.query('SELECT pg_sleep(0.03)'));
    const platform = await aPlatform([orders], { env: { products: { DATABASE_POOL_MAX: '2' } } });
    try {
      const ids = newIds(150);
      await cancelOrders(platform.running.get('orders')!, ids);
      await platform.start(slowly);
      const emptied = async () => (await outboxOf(platform)).length === 0;
      await eventually('an empty outbox', emptied, 60_000);
      expect((await givenBack(platform)).sort()).toEqual(ids.sort());
      expect(platform.logLines.join('')).not.toContain('an event was not handled');
    } finally {
      await platform.close();
    }
  }, 90_000);
});
