/**
 * A steady load over minutes: what Node holds on both sides and what Redis holds must stay flat, and
 * nothing may be lost, fail or be handled twice.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { given, misused } from './arguments.mjs';
import { until } from './crash/until.mjs';
import { MEBIBYTE, startApp, tellFigures, usedMemory, withClient } from './transport/bench.mjs';

const USAGE = `usage: npm run bench:transport:soak -- [options]
  --minutes N      how long (10)
  --rate N         messages per second, half of them calls, half events (1000)
  --json FILE      writes the figures there too
  --help           this text`;
const DEADLINE_MS = 30_000;
/** The first part fills buffers, code caches and pools: growth counts from after it. */
const WARM_UP = 0.2;
const SAMPLES = 30;
const program = new URL('./transport/soak-app.mjs', import.meta.url);
/** Growth from the warm beginning to the end, mebibytes. */
const goals = { redisGrowth: 2, serverGrowth: 4, clientGrowth: 4, lost: 0, twice: 0, failed: 0 };

function above0(name, text) {
  const number = Number(text);
  if (number > 0 && number <= 100_000) return number;
  return misused(`--${name} ${text}: it must be a number above 0`);
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

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** What was added from the first third of the samples to the last, by their medians: mebibytes. */
function growth(samples, key) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const at = (part) => median(part.map((sample) => sample[key]));
  return (at(samples.slice(-third)) - at(samples.slice(0, third))) / MEBIBYTE;
}

async function measure({ url, client, redis }, { minutes, rate }) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  const app = await startApp(program, { url }, ['--expose-gc']);
  const sent = { events: 0, calls: 0, failed: 0 };
  const ms = minutes * 60_000;
  const begunAt = performance.now();
  const loading = load(client, { rate, endsAt: begunAt + ms, sent });
  await pause(ms * WARM_UP);
  const samples = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    collect();
    const [server, redisBytes] = await Promise.all([app.ask(), usedMemory(redis)]);
    const { heapUsed } = process.memoryUsage();
    samples.push({ redis: redisBytes, server: server.heapUsed, client: heapUsed });
    if (process.stderr.isTTY) process.stderr.write(`\r${n + 1} of ${SAMPLES} looks `);
    await pause((ms * (1 - WARM_UP)) / SAMPLES);
  }
  await loading;
  const allHandled = async () => (await app.ask()).events >= sent.events;
  await until('all events handled', allHandled, DEADLINE_MS).catch(() => {});
  const { events } = await app.ask();
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

const { values } = given(USAGE, { minutes: '10', rate: '1000' });
const [minutes, rate] = [above0('minutes', values.minutes), above0('rate', values.rate)];
const figures = await withClient((parts) => measure(parts, { minutes, rate }));
tellFigures(figures, goals, values.json);
