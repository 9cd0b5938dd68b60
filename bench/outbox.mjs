/**
 * What the outbox costs: how fast a backlog is published and handled, and how long it takes from the
 * commit of a change until its event is handled elsewhere and confirmed; beside bare Redis Streams.
 */
import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { count, counts, given, keep, misused } from './arguments.mjs';
import { startServers } from './servers.mjs';
import { streamHops, streamThroughput } from './stream-floor.mjs';

const USAGE = `usage: npm run bench:outbox -- [options]
  --backlog N      events that wait when the relay starts (20000)
  --rates N,N      events per second for commit-to-handled (100,1000)
  --seconds N      how long each rate is held (10)
  --json FILE      writes the figures there too
  --help           this text`;
/** What is published, or handled, in one go has no pace. */
const BACKLOG_MIN = 2_000;
const POLL_MS = 20;
const DEADLINE_MS = 300_000;

const { values } = given(USAGE, { backlog: '20000', rates: '100,1000', seconds: '10' });
const [backlog, seconds] = counts(values, 'backlog', 'seconds');
if (backlog < BACKLOG_MIN)
  misused(`--backlog ${backlog}: the pace of less than ${BACKLOG_MIN} says nothing`);
const rates = values.rates.split(',').map((rate) => count('rates', rate));

const eventOf = (id) => ({
  specversion: '1.0',
  id,
  source: '/orders',
  type: 'orders.cancelled.v1',
  subject: id,
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  data: { orderId: id, userId: id, reason: 'expired' },
});

async function query(url, sql, parameters) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(sql, parameters).finally(() => client.end());
  return rows;
}

async function until(what, condition) {
  for (const end = Date.now() + DEADLINE_MS; Date.now() < end; await pause(POLL_MS)) {
    if (await condition()) return;
  }
  throw new Error(`not in time: ${what}`);
}

async function startOne(role, env) {
  const child = fork(fileURLToPath(new URL('./outbox-app.mjs', import.meta.url)), [role]);
  child.send({ env: { ...env, LOG_LEVEL: 'warn', DATABASE_POOL_MAX: '10' } });
  const [message] = await once(child, 'message');
  if (!message.ready) throw new Error(`${role} did not start`);
  const ask = async (what) => {
    child.send(what);
    return (await once(child, 'message'))[0];
  };
  const end = async () => {
    child.send({ end: true });
    await once(child, 'exit');
  };
  return { ask, end };
}

/** Rows per second between the first and the last time in a column. */
async function pace(url, table, column) {
  const [{ rate }] = await query(
    url,
    `SELECT (count(*) / extract(epoch FROM max(${column}) - min(${column})))::float8 AS rate
     FROM ${table}`,
  );
  return rate;
}

const rank = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

function spread(milliseconds) {
  const sorted = [...milliseconds].sort((one, other) => one - other);
  const [p50, p99] = [rank(sorted, 0.5), rank(sorted, 0.99)];
  return { p50Ms: Number(p50.toFixed(2)), p99Ms: Number(p99.toFixed(2)) };
}

async function measureBacklog(platform, urls) {
  const orders = await startOne('orders', platform.environmentOf('orders'));
  await orders.end();
  const ids = Array.from({ length: backlog }, () => newId());
  await query(
    urls.orders,
    `INSERT INTO outbox (id, topic, event, awaiting)
     SELECT id, 'orders.cancelled', event, '{products}'
     FROM unnest($1::uuid[], $2::jsonb[]) AS made (id, event)`,
    [ids, ids.map((id) => JSON.stringify(eventOf(id)))],
  );
  const publisher = await startOne('orders', platform.environmentOf('orders'));
  await until('all are published', async () => {
    const [{ left }] = await query(
      urls.orders,
      'SELECT EXISTS (SELECT FROM outbox WHERE epoch IS NULL) AS left',
    );
    return !left;
  });
  const publishedPerSecond = await pace(urls.orders, 'outbox', 'published_at');
  const subscriber = await startOne('products', platform.environmentOf('products'));
  await until('all are confirmed', async () => {
    const [{ left }] = await query(urls.orders, 'SELECT EXISTS (SELECT FROM outbox) AS left');
    return !left;
  });
  const handledPerSecond = await pace(urls.products, 'inbox', 'handled_at');
  await subscriber.ask({ take: true });
  return { publisher, subscriber, publishedPerSecond, handledPerSecond };
}

async function measureRate({ publisher, subscriber }, perSecond) {
  const { wrote } = await publisher.ask({ pace: { perSecond, seconds } });
  const handledAt = new Map();
  await until('all are handled', async () => {
    for (const [id, at] of (await subscriber.ask({ take: true })).handled) handledAt.set(id, at);
    return wrote.written.every(([id]) => handledAt.has(id));
  });
  const waits = wrote.written.map(([id, at]) => handledAt.get(id) - at);
  return { perSecond: Math.round(wrote.written.length / wrote.seconds), ...spread(waits) };
}

const built = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json'],
  { stdio: 'inherit' },
);
if (built.status !== 0) process.exit(1);
const servers = await startServers();
process.env.TEST_DATABASE_URL = servers.databaseUrl;
process.env.TEST_REDIS_URL = servers.redisUrl;
const { aPlatform } = await import('../libs/testing/dist/index.js');
const { newId } = await import('../libs/service/dist/index.js');
const payload = JSON.stringify(eventOf(newId()));
const platform = await aPlatform([]);
const urls = {
  orders: platform.database.urlOf('orders'),
  products: platform.database.urlOf('products'),
};
const figures = { backlog, rates: [] };
try {
  const running = await measureBacklog(platform, urls);
  figures.publishedPerSecond = Math.round(running.publishedPerSecond);
  figures.handledPerSecond = Math.round(running.handledPerSecond);
  figures.bareStreamPerSecond = Math.round(
    await streamThroughput(servers.redisUrl, { count: backlog, payload }),
  );
  for (const perSecond of rates) {
    const bare = spread(await streamHops(servers.redisUrl, { perSecond, seconds, payload }));
    const ours = await measureRate(running, perSecond);
    figures.rates.push({ asked: perSecond, ...ours, bareStream: bare });
  }
  await running.publisher.end();
  await running.subscriber.end();
} finally {
  await platform.close();
  await servers.stop();
}
console.log(
  `backlog of ${backlog}: published ${figures.publishedPerSecond}/s, handled and confirmed ` +
    `${figures.handledPerSecond}/s; bare stream ${figures.bareStreamPerSecond}/s`,
);
console.table(
  figures.rates.map(({ asked, perSecond, p50Ms, p99Ms, bareStream }) => ({
    'events/s asked': asked,
    'events/s': perSecond,
    'commit to handled p50 ms': p50Ms,
    'p99 ms': p99Ms,
    'bare stream p50 ms': bareStream.p50Ms,
    'bare p99 ms': bareStream.p99Ms,
  })),
);
keep(figures, values.json);
