/**
 * A steady load over minutes: what Node holds on both sides and what Redis holds must stay flat, and
 * nothing may be lost, fail or be handled twice.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { built } from '../tools/generate/built.mjs';
import { ensureBuilt } from '../tools/local/build.mjs';
import { makeProgress } from '../tools/local/progress.mjs';
import { findRedis } from '../tools/local/redis-source.mjs';
import { until } from './crash/until.mjs';

const USAGE = `usage: npm run bench:transport:soak -- [options]
  --minutes N      how long (10)
  --rate N         messages per second, half of them calls, half events (1000)
  --json FILE      writes the figures there too
  --help           this text`;
const MEBIBYTE = 2 ** 20;
const DEADLINE_MS = 30_000;
/** The first part fills buffers, code caches and pools: growth counts from after it. */
const WARM_UP = 0.2;
const SAMPLES = 30;
/** Growth from the warm beginning to the end, mebibytes. */
const goals = { redisGrowth: 2, serverGrowth: 4, clientGrowth: 4, lost: 0, twice: 0, failed: 0 };

function misused(sentence) {
  console.error(sentence);
  process.exit(2);
}

function given() {
  const options = {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1000' },
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

function above0(name, text) {
  const number = Number(text);
  if (number > 0 && number <= 100_000) return number;
  return misused(`--${name} ${text}: it must be a number above 0`);
}

async function startApp(url) {
  const path = fileURLToPath(new URL('./transport/soak-app.mjs', import.meta.url));
  const child = fork(path, { execArgv: ['--expose-gc'] });
  child.send({ url });
  await once(child, 'message');
  return {
    async figures() {
      child.send('figures');
      return (await once(child, 'message'))[0];
    },
    async end() {
      child.send('end');
      await once(child, 'exit');
    },
  };
}

/** Sends at a steady pace until `endsAt`, milliseconds of `performance`. */
async function load(client, { rate, endsAt, sent }) {
  const startedAt = performance.now();
  const pending = new Set();
  const add = (work, count) => {
    const ended = work.then(
      () => (sent[count] += 1),
      () => (sent.failed += 1),
    );
    pending.add(ended);
    void ended.finally(() => pending.delete(ended));
  };
  for (let n = 0; performance.now() < endsAt; await pause(2)) {
    for (const due = ((performance.now() - startedAt) / 1_000) * rate; n < due; n += 1) {
      if (n % 2 === 0) add(client.emitEvent('bench.happened', { n }), 'events');
      else add(client.request('soak.read', { n }, { deadlineMs: DEADLINE_MS }), 'calls');
    }
  }
  await Promise.all(pending);
}

async function usedMemory(redis) {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** What was added from the first third of the samples to the last, by their medians: mebibytes. */
function growth(samples, key) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const at = (part) => median(part.map((sample) => sample[key]));
  return (at(samples.slice(-third)) - at(samples.slice(0, third))) / MEBIBYTE;
}

async function measure({ url, client, redis, minutes, rate }) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const app = await startApp(url);
  const sent = { events: 0, calls: 0, failed: 0 };
  const ms = minutes * 60_000;
  const begunAt = performance.now();
  const loading = load(client, { rate, endsAt: begunAt + ms, sent });
  await pause(ms * WARM_UP);
  const samples = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    collect();
    const [server, redisBytes] = await Promise.all([app.figures(), usedMemory(redis)]);
    const { heapUsed } = process.memoryUsage();
    samples.push({ redis: redisBytes, server: server.heapUsed, client: heapUsed });
    if (process.stderr.isTTY) process.stderr.write(`\r${n + 1} of ${SAMPLES} looks `);
    await pause((ms * (1 - WARM_UP)) / SAMPLES);
  }
  await loading;
  const allHandled = async () => (await app.figures()).events >= sent.events;
  await until('all events handled', allHandled, DEADLINE_MS).catch(() => {});
  const { events } = await app.figures();
  await app.end();
  return {
    minutes,
    perSecond: (sent.events + sent.calls) / ((performance.now() - begunAt) / 1_000),
    ...sent,
    lost: Math.max(0, sent.events - events),
    twice: Math.max(0, events - sent.events),
    redisMebibytes: samples.at(-1).redis / MEBIBYTE,
    redisGrowth: growth(samples, 'redis'),
    serverMebibytes: samples.at(-1).server / MEBIBYTE,
    serverGrowth: growth(samples, 'server'),
    clientMebibytes: samples.at(-1).client / MEBIBYTE,
    clientGrowth: growth(samples, 'client'),
  };
}

const values = given();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
const [minutes, rate] = [above0('minutes', values.minutes), above0('rate', values.rate)];
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
const redis = new Redis(server.url);
const broker = openBroker(server.url, { service: 'caller' });
const client = new TransportClient({ broker, service: 'caller', ownsBroker: true });
let figures;
try {
  figures = await measure({ url: server.url, client, redis, minutes, rate });
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
