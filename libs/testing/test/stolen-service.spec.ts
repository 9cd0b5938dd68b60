import { orders, products, userEvents } from '@courtside/contracts';
import { outboxTable } from '@courtside/database';
import { BROKER, Bus, Handles, metricsRegistry } from '@courtside/service';
import { aDatabase, aPlatform, eventually, fakeService } from '@courtside/testing';
import type { TestDatabase, TestPlatform } from '@courtside/testing';
import { keyNames, type BrokerPort, type KeyNames } from '@courtside/transport';
import { Controller } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Client } from 'pg';

@Controller()
class OrdersController {
  @Handles(orders.list)
  list() {
    return { items: [], next: null };
  }
}

@Controller()
class ProductsController {
  @Handles(products.quote)
  quote() {
    return { products: [] };
  }
}

const describeWithRedis = process.env['TEST_REDIS_URL'] === 'none' ? describe.skip : describe;

/** Speaks to Redis with the password of one service, past all code of ours. */
describeWithRedis('whoever took over a service, on the bus,', () => {
  let platform: TestPlatform;
  let keys: KeyNames;
  const connections = new Map<string, Redis>();
  const asService = (service: 'orders' | 'products' | 'auth'): Redis => {
    let redis = connections.get(service);
    if (!redis) {
      redis = new Redis(platform.bus.urlOf(service), { disableClientInfo: true });
      connections.set(service, redis);
    }
    return redis;
  };

  beforeAll(async () => {
    const apps = [
      fakeService('orders', OrdersController),
      fakeService('products', ProductsController),
    ];
    platform = await aPlatform(apps, { isDenied: true });
    keys = keyNames(platform.bus.prefix);
  }, 30_000);
  afterAll(async () => {
    for (const redis of connections.values()) redis.disconnect();
    await platform?.close();
  });

  const stream = (topic: string) => keys.stream({ kind: 'events', name: topic });
  const requests = (service: string) => keys.stream({ kind: 'requests', name: service });
  const entry = ['*', 'h', '{}', 'd', '{}'];
  const refused = async (redis: Redis, command: string, ...words: (string | number)[]) => {
    const answer = await redis.call(command, ...words).then(
      (value) => `answered ${JSON.stringify(value)}`,
      (error: unknown) => (error as Error).message,
    );
    expect([command, ...words, answer]).toEqual([
      command,
      ...words,
      expect.stringMatching(/^NOPERM|ACL failure in script|executing the script can't/),
    ]);
  };

  it('publishes no event that it does not own', async () => {
    await refused(asService('orders'), 'XADD', stream('users.deleted'), ...entry);
    await refused(asService('orders'), 'XADD', stream('orders.paid'), ...entry);
  });

  it('adds nothing to a topic that it only subscribes to', async () => {
    await refused(asService('products'), 'XADD', stream('orders.cancelled'), ...entry);
  });

  it('confirms nothing in the name of another', async () => {
    await refused(asService('orders'), 'XADD', stream('outbox.users.auth'), ...entry);
    await refused(asService('auth'), 'XADD', stream('outbox.orders.products'), ...entry);
    await refused(asService('products'), 'XADD', stream('outbox.users.products'), ...entry);
  });

  it('reads nobody else’s inbox, nor all of them', async () => {
    const { prefix } = platform.bus;
    const thief = asService('orders');
    await refused(thief, 'SUBSCRIBE', keys.inbox('gateway', 'x'));
    await refused(thief, 'PSUBSCRIBE', `${prefix}:r:*`);
    await refused(thief, 'PSUBSCRIBE', '*');
    await refused(thief, 'PUBSUB', 'CHANNELS');
  });

  it('reads and ends no requests to another', async () => {
    const [queue, thief] = [requests('products'), asService('orders')];
    await refused(thief, 'XREADGROUP', 'GROUP', 'products', 'me', 'STREAMS', queue, '>');
    for (const command of ['XRANGE', 'XREVRANGE']) await refused(thief, command, queue, '-', '+');
    await refused(thief, 'XREAD', 'STREAMS', queue, '0');
    await refused(thief, 'XPENDING', queue, 'products');
    await refused(thief, 'XACK', queue, 'products', '1-1');
    await refused(thief, 'XDEL', queue, '1-1');
    await refused(thief, 'XGROUP', 'DESTROY', queue, 'products');
    await refused(thief, 'XTRIM', queue, 'MAXLEN', 0);
    await refused(thief, 'DEL', queue);
  });

  it('asks nobody that it may not ask, and forges nobody’s sign of life', async () => {
    const thief = asService('orders');
    await refused(thief, 'XADD', requests('users'), ...entry);
    const presence = keys.presence({ kind: 'requests', name: 'products' }, 'products');
    await refused(thief, 'ZADD', presence, 1, 'me');
    await refused(thief, 'ZRANGEBYSCORE', presence, '-inf', '+inf');
    await refused(thief, 'SET', keys.reads({ kind: 'requests', name: 'products' }), '3');
  });

  it('broadcasts and hears nothing that is not its own', async () => {
    const thief = asService('orders');
    await refused(thief, 'PUBLISH', keys.broadcast('access-changed'), '{}');
    await refused(thief, 'SUBSCRIBE', keys.broadcast('access-changed'));
    await refused(thief, 'PUBLISH', keys.broadcast('cancel.users'), 'id');
    await refused(thief, 'SUBSCRIBE', keys.broadcast('cancel.users'));
  });

  it('gains nothing by a script', async () => {
    const [queue, thief] = [requests('users'), asService('orders')];
    const add = `return redis.call('XADD', KEYS[1] or ARGV[1], '*', 'h', '{}', 'd', '{}')`;
    await refused(thief, 'EVAL', add, 1, queue);
    await refused(thief, 'EVAL', add, 0, queue);
    await refused(thief, 'EVAL', `return redis.call('FLUSHALL')`, 0);
    await refused(thief, 'SCRIPT', 'FLUSH');
    await refused(thief, 'FUNCTION', 'LIST');
  });

  it('has no command that looks around or breaks things', async () => {
    const thief = asService('orders');
    const commands = [
      ...['FLUSHALL', 'FLUSHDB', 'MONITOR', 'SAVE', 'SHUTDOWN', 'DBSIZE', 'KEYS *', 'SCAN 0'],
      ...['CONFIG GET maxmemory', 'CONFIG SET maxmemory 1', 'CLIENT LIST'],
      ...['CLIENT KILL TYPE normal', 'CLIENT PAUSE 1', 'ACL LIST', 'ACL SETUSER me', 'ACL LOG'],
      ...['REPLICAOF NO ONE', 'MODULE LIST', 'SLOWLOG GET', 'RANDOMKEY', 'SWAPDB 0 1'],
    ];
    for (const [command = '', ...words] of commands.map((text) => text.split(' '))) {
      await refused(thief, command, ...words);
    }
    await refused(thief, 'SET', keys.epoch(), 'mine');
    await refused(thief, 'DEL', keys.epoch());
  });

  it('may still do what the service may do', async () => {
    const { context } = platform.running.get('orders')!;
    const bus = context.get(Bus, { strict: false });
    expect(await bus.request(products.quote, { ids: [] })).toEqual({ products: [] });
    const thief = asService('orders');
    await thief.xadd(stream('orders.created'), '*', 'h', '{}', 'd', '{}');
    await thief.subscribe(keys.inbox('orders', 'x'));
    const reader = asService('products');
    await reader.xgroup('CREATE', stream('orders.cancelled'), 'products', '0', 'MKSTREAM');
    const read = ['GROUP', 'products', 'me', 'STREAMS', stream('orders.cancelled'), '>'];
    expect(await reader.call('XREADGROUP', ...read)).toBeNull();
  });

  it('stands in the log of the server with what it tried', async () => {
    const thief = asService('products');
    await refused(thief, 'XADD', stream('users.created'), ...entry);
    await refused(thief, 'FLUSHALL');
    const denied = await platform.bus.denied();
    const user = `${platform.bus.prefix}-products`;
    expect(denied).toEqual(
      expect.arrayContaining([
        { user, object: stream('users.created') },
        { user, object: 'flushall' },
      ]),
    );
  });
});

describeWithRedis('what the access list of the bus refuses to an app', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await aPlatform([fakeService('orders', OrdersController)], { isDenied: true });
  }, 30_000);
  afterAll(() => platform?.close());

  const counted = async (): Promise<number> => {
    const text = await metricsRegistry().getSingleMetricAsString('bus_denied_total');
    return Number(/\{app="orders"\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  it('is logged and counted once, in a sentence that names it', async () => {
    const broker = platform.running.get('orders')!.context.get<BrokerPort>(BROKER);
    const before = await counted();
    const topic = userEvents.deleted.name;
    await expect(broker.emit(topic, [{ header: '{}', body: '{}' }])).rejects.toMatchObject({
      code: 'DENIED',
    });
    expect(await counted()).toBe(before + 1);
    const sentence =
      "orders may not publish events on 'users.deleted': topology.yaml does not declare it";
    const lines = platform.logLines.filter((line) => line.includes(sentence));
    expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
      expect.objectContaining({ level: 'error', service: 'orders', denied: sentence }),
    ]);
  });

  it('makes closing the platform of a spec fail that did not say it would provoke it', async () => {
    const other = await aPlatform([fakeService('orders', OrdersController)]);
    const broker = other.running.get('orders')!.context.get<BrokerPort>(BROKER);
    await expect(broker.broadcast('access-changed', '{}')).rejects.toMatchObject({
      code: 'DENIED',
    });
    await eventually('the log of the server', async () => (await other.bus.denied()).length > 0);
    await expect(other.close()).rejects.toThrow(/access list of the bus refused .*access-changed/);
  });
});

/** Speaks to PostgreSQL with the password of one service. */
describe('whoever took over a service, in the database,', () => {
  let database: TestDatabase;
  let thief: Client;
  const connected = async (url: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    return client;
  };
  beforeAll(async () => {
    database = await aDatabase();
    const owner = await connected(database.urlOf('users'));
    await owner.query(`${outboxTable}; CREATE TABLE "user" (id int)`);
    await owner.end();
    thief = await connected(database.urlOf('orders'));
  });
  afterAll(async () => {
    await thief?.end();
    await database?.drop();
  });
  const refused = (sql: string) =>
    expect(thief.query(sql)).rejects.toMatchObject({ code: '42501' });

  it('[3.5] [1.1] reads and changes no table of another, its outbox included', async () => {
    await refused('SELECT * FROM users."user"');
    await refused('SELECT * FROM users.outbox');
    await refused('INSERT INTO users."user" VALUES (1)');
    await refused(`UPDATE users.outbox SET awaiting = '{}'`);
    await refused('DROP TABLE users.outbox');
  });

  it('[3.5] makes nothing outside its own schema, and no one new', async () => {
    await refused('CREATE TABLE public.mine (id int)');
    await refused('CREATE TABLE users.mine (id int)');
    await refused('CREATE SCHEMA mine');
    await refused('CREATE ROLE mine');
    await refused('SET ROLE users');
    await refused('SELECT rolpassword FROM pg_authid');
    await refused(`COPY (SELECT 1) TO PROGRAM 'true'`);
  });

  it('may still do what it likes with what is its own', async () => {
    await thief.query('CREATE TABLE mine (id int)');
    await thief.query('INSERT INTO orders.mine VALUES (1)');
    expect((await thief.query('SELECT id FROM mine')).rows).toEqual([{ id: 1 }]);
  });
});
