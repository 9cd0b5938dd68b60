/** What Redis alone costs: an entry added to a stream, read by a group and acknowledged. */
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

const WAVE_MS = 10;
/** Entries of one read, as the transport reads. */
const READ_MAX = 256;
const now = () => performance.now();

async function withStream(url, run) {
  const [writer, reader] = [new Redis(url), new Redis(url)];
  try {
    await writer.del('floor');
    await writer.xgroup('CREATE', 'floor', 'g', '0', 'MKSTREAM');
    return await run(writer, reader);
  } finally {
    await writer.del('floor');
    writer.disconnect();
    reader.disconnect();
  }
}

/** Reads and acknowledges `count` entries; gives each one's `at` field to `seen`. */
async function readAll(reader, count, seen) {
  for (let read = 0; read < count;) {
    const group = ['GROUP', 'g', 'c', 'COUNT', READ_MAX, 'BLOCK', 1_000];
    const answer = await reader.xreadgroup(...group, 'STREAMS', 'floor', '>');
    const entries = answer?.[0]?.[1] ?? [];
    for (const [, fields] of entries) seen(Number(fields[1]));
    if (entries.length > 0) await reader.xack('floor', 'g', ...entries.map(([id]) => id));
    read += entries.length;
  }
}

/** Events per second: `count` of them added in pipelines of 500, then read and acknowledged. */
export const streamThroughput = (url, { count, payload }) =>
  withStream(url, async (writer, reader) => {
    const started = now();
    const reading = readAll(reader, count, () => {});
    for (let added = 0; added < count; added += 500) {
      const pipeline = writer.pipeline();
      for (let i = 0; i < 500; i++) pipeline.xadd('floor', '*', 'at', 0, 'd', payload);
      await pipeline.exec();
    }
    await reading;
    return count / ((now() - started) / 1_000);
  });

/** Milliseconds from the call of XADD until a blocked reader has the entry, at a steady pace. */
export const streamHops = (url, { perSecond, seconds, payload }) =>
  withStream(url, async (writer, reader) => {
    const hops = [];
    const count = perSecond * seconds;
    const reading = readAll(reader, count, (at) => hops.push(now() - at));
    const started = now();
    for (let added = 0; added < count; await pause(WAVE_MS)) {
      const due = Math.min(count, ((now() - started) / 1_000) * perSecond);
      for (; added < due; added++) void writer.xadd('floor', '*', 'at', now(), 'd', payload);
    }
    await reading;
    return hops;
  });
