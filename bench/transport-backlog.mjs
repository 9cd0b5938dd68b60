/**
 * A backlog of events: what each costs in Redis, how fast a service that was away catches up, what calls
 * to another service feel of it meanwhile, and whether Redis has its memory back afterwards.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { built } from '../tools/generate/built.mjs';
import { ensureBuilt } from '../tools/local/build.mjs';
import { makeProgress } from '../tools/local/progress.mjs';
import { findRedis } from '../tools/local/redis-source.mjs';
import { until } from './crash/until.mjs';

const USAGE = `usage: npm run bench:transport:backlog -- [options]
  --events N       events that wait when the service comes (1000000)
  --rate N         live calls per second (200)
  --json FILE      writes the figures there too
  --help           this text`;
/** The JSON text of one event. */
const EVENT_BYTES = 289;
const UNDER_WAY = 4_000;
const LIVE_MS = 5_000;
const PATIENCE_MS = 600_000;
const FREED_WITHIN_MS = 15_000;
const MEBIBYTE = 2 ** 20;
const goals = { bytesEach: 340, leftMebibytes: 1, livePace: 2 };

function misused(sentence) {
  console.error(sentence);
  process.exit(2);
}

function given() {
  const options = {
    events: { type: 'string', default: '1000000' },
    rate: { type: 'string', default: '200' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    // What follows is advice on how to pass a file of such a name.
    return misused(error.message.split('. ')[0]);
  }
}

function count(name, text) {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  return misused(`--${name} ${text}: it must be a whole number above 0`);
}

async function startApp(url, role) {
  const child = fork(fileURLToPath(new URL('./transport/backlog-app.mjs', import.meta.url)));
  child.send({ url, role });
  await once(child, 'message');
  return {
    child,
    async handled() {
      child.send('handled');
      return (await once(child, 'message'))[0];
    },
    async end() {
      child.send('end');
      await once(child, 'exit');
    },
  };
}

/** An event as long as they all are. */
function eventOf(number) {
  const event = { number, note: '' };
  return { ...event, note: 'x'.repeat(EVENT_BYTES - JSON.stringify(event).length) };
}

async function emitAll(client, events) {
  let next = 0;
  const emit = async () => {
    while (next < events) await client.emitEvent('bench.happened', eventOf((next += 1)));
  };
  const startedAt = Date.now();
  await Promise.all(Array.from({ length: UNDER_WAY }, emit));
  return events / ((Date.now() - startedAt) / 1_000);
}

/** Calls at a steady pace until `isOver`; @returns the 99th of a hundred waits, milliseconds */
async function liveP99(client, perSecond, isOver) {
  const waits = [];
  const pending = [];
  const startedAt = performance.now();
  for (let sent = 0; !(await isOver()); await pause(1)) {
    for (const due = ((performance.now() - startedAt) / 1_000) * perSecond; sent < due; sent++) {
      const at = performance.now();
      const answer = client.request('live.read', { sent }, { effect: 'none' });
      pending.push(answer.then(() => waits.push(performance.now() - at)));
    }
  }
  await Promise.all(pending);
  return waits.sort((one, other) => one - other)[Math.floor(waits.length * 0.99)];
}

async function usedMemory(redis) {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
}

/** What travels with each event beside its payload. */
async function headerSize(redis) {
  const streams = await redis.keys('*happened*');
  for (const stream of streams) {
    if ((await redis.type(stream)) !== 'stream') continue;
    const [[, fields]] = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
    return Buffer.byteLength(fields[fields.indexOf('h') + 1]);
  }
  throw new Error('there is no stream of events');
}

/** A service that was there, and whose events wait while it is away. */
async function beThereOnce(url, client) {
  const app = await startApp(url, 'catches-up');
  await emitAll(client, 1_000);
  await until('the first events', async () => (await app.handled()).count === 1_000, PATIENCE_MS);
  await pause(1_500);
  await app.end();
}

async function measure({ url, client, redis, events, rate }) {
  const live = await startApp(url, 'live');
  await beThereOnce(url, client);
  const before = await usedMemory(redis);
  const writtenPerSecond = Math.round(await emitAll(client, events));
  const bytesEach = ((await usedMemory(redis)) - before) / events;
  const headerBytes = await headerSize(redis);
  const calmUntil = Date.now() + LIVE_MS;
  const calmP99 = await liveP99(client, rate, () => Date.now() > calmUntil);
  const app = await startApp(url, 'catches-up');
  let handled = await app.handled();
  const looking = until(
    'all events handled',
    async () => {
      await pause(100);
      handled = await app.handled();
      return handled.count >= events;
    },
    PATIENCE_MS,
  );
  const busyP99 = await liveP99(client, rate, () => handled.count >= events);
  await looking;
  const leftOver = async () => ((await usedMemory(redis)) - before) / MEBIBYTE;
  const isFreed = async () => (await leftOver()) <= goals.leftMebibytes;
  await until('memory', isFreed, FREED_WITHIN_MS).catch(() => {});
  const leftMebibytes = await leftOver();
  await Promise.all([app.end(), live.end()]);
  const seconds = (handled.lastAt - handled.firstAt) / 1_000;
  return {
    events,
    writtenPerSecond,
    payloadBytes: EVENT_BYTES,
    headerBytes,
    bytesEach,
    caughtUpPerSecond: Math.round(events / seconds),
    handledTwice: handled.count - events,
    calmP99Ms: calmP99,
    busyP99Ms: busyP99,
    livePace: busyP99 / calmP99,
    leftMebibytes,
  };
}

const values = given();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [events, rate] = [count('events', values.events), count('rate', values.rate)];
const { source } = await findRedis(process.env);
if (!source) {
  console.error('this benchmark needs Redis 7.0 or later: install redis-server');
  process.exit(1);
}
await ensureBuilt(makeProgress(process.stderr));
// Only now is there something to import.
const [{ RedisServer }, { TransportClient, openBroker }] = await Promise.all(
  ['testing', 'transport'].map((name) => built(`libs/${name}`)),
);
const server = await RedisServer.start({ program: source.program });
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void server.close().finally(() => process.exit(1)));
}
const { url } = server;
const redis = new Redis(url);
const broker = openBroker(url, { service: 'caller' });
const client = new TransportClient({ broker, service: 'caller', ownsBroker: true });
let figures;
try {
  figures = await measure({ url, client, redis, events, rate });
} finally {
  await client.close();
  redis.disconnect();
  await server.close();
}
const round = (number) => Math.round(number * 100) / 100;
console.table(Object.fromEntries(Object.entries(figures).map(([key, n]) => [key, round(n)])));
const missed = Object.entries(goals).filter(([key, most]) => figures[key] > most);
for (const [key, most] of missed)
  console.log(`missed  ${key} ${round(figures[key])}, goal ${most}`);
if (missed.length === 0) console.log('every goal is met');
if (values.json) writeFileSync(values.json, JSON.stringify(figures, null, 2));
process.exitCode = missed.length === 0 ? 0 : 1;
