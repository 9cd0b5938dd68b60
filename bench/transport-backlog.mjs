/**
 * A backlog of events: what each costs in Redis, how fast a service that was away catches up, what calls
 * to another service feel of it meanwhile, and whether Redis has its memory back afterwards.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { counts, given } from './arguments.mjs';
import { until } from './crash/until.mjs';
import { MEBIBYTE, startApp, tellFigures, usedMemory, withClient } from './transport/bench.mjs';

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
const program = new URL('./transport/backlog-app.mjs', import.meta.url);
const goals = { bytesEach: 340, leftMebibytes: 1, livePace: 2 };

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
  const app = await startApp(program, { url, role: 'catches-up' });
  await emitAll(client, 1_000);
  await until('the first events', async () => (await app.ask()).count === 1_000, PATIENCE_MS);
  await pause(1_500);
  await app.end();
}

async function measure({ url, client, redis }, { events, rate }) {
  const live = await startApp(program, { url, role: 'live' });
  await beThereOnce(url, client);
  const before = await usedMemory(redis);
  const writtenPerSecond = Math.round(await emitAll(client, events));
  const bytesEach = ((await usedMemory(redis)) - before) / events;
  const headerBytes = await headerSize(redis);
  const calmUntil = Date.now() + LIVE_MS;
  const calmP99 = await liveP99(client, rate, () => Date.now() > calmUntil);
  const app = await startApp(program, { url, role: 'catches-up' });
  let handled = await app.ask();
  const looking = until(
    'all events handled',
    async () => {
      await pause(100);
      handled = await app.ask();
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

const { values } = given(USAGE, { events: '1000000', rate: '200' });
const [events, rate] = counts(values, 'events', 'rate');
const figures = await withClient((parts) => measure(parts, { events, rate }));
tellFigures(figures, goals, values.json);
