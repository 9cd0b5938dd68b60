/** The deterministic simulation of the transport over many seeds, on every core. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { ensureBuilt } from './local/build.mjs';
import { makeProgress } from './local/progress.mjs';

const usage = `Runs clients, servers and a model of Redis under faults that a seed chooses, in virtual time.
usage: npm run simulate -- [--schedules N] [--from N] [--trace SEED] [--json]
  --schedules  how many, one for each seed (100000)
  --from       the first seed (1)
  --trace      runs one seed alone and tells every step
Exit code 1 when a promise was broken; the seeds that broke one are named.`;

/** Seeds that a worker takes at a time: the last ones end together. */
const portion = 250;
/** Schedules are short: with room enough nearly all that one made is gone before it is looked at. */
const resourceLimits = { maxYoungGenerationSizeMb: 192 };
const library = new URL('../libs/transport/dist/simulation/simulate.js', import.meta.url);

const count = (name, text) => {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} is a whole number from 1 on, not '${text}'`);
};

function readArguments() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  try {
    const options = { schedules: text, from: text, trace: text, json: flag, help: flag };
    const { values } = parseArgs({ options });
    const { schedules = '100000', from = '1', trace, json, help } = values;
    return {
      schedules: count('schedules', schedules),
      from: count('from', from),
      trace: trace === undefined ? undefined : count('trace', trace),
      json,
      help,
    };
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return process.exit(2);
  }
}

/* oxlint-disable unicorn/require-post-message-target-origin -- these are threads, not windows */

/** @returns the seeds that broke a promise, and how often each fault happened */
function runAll({ from, schedules }) {
  const broken = [];
  const faults = {};
  let next = from;
  let done = 0;
  const isTold = process.stderr.isTTY;
  const add = (result) => {
    broken.push(...result.broken);
    for (const [kind, n] of Object.entries(result.faults)) faults[kind] = (faults[kind] ?? 0) + n;
    done += result.schedules;
    if (isTold) process.stderr.write(`\r${done} of ${schedules}, ${broken.length} broken `);
  };
  const work = () =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { resourceLimits });
      const give = () => {
        const left = from + schedules - next;
        if (left <= 0) return worker.postMessage(undefined);
        worker.postMessage({ from: next, count: Math.min(portion, left) });
        next += portion;
      };
      worker.on('message', (result) => {
        if (result) add(result);
        give();
      });
      worker.on('error', reject);
      worker.on('exit', resolve);
    });
  return Promise.all(Array.from({ length: availableParallelism() }, work)).then(() => {
    if (isTold) process.stderr.write('\n');
    return { schedules: done, faults, broken: broken.sort((a, b) => a.seed - b.seed) };
  });
}

async function runWorker() {
  const { silenceLogs, simulate } = await import(library);
  silenceLogs();
  // Thousands of errors are made and expected; nobody looks where.
  Error.stackTraceLimit = 0;
  parentPort.on('message', async (portionOfSeeds) => {
    if (!portionOfSeeds) return parentPort.close();
    parentPort.postMessage(await simulate(portionOfSeeds));
  });
  parentPort.postMessage(undefined);
}

async function traceOne(seed) {
  const { retrace, silenceLogs } = await import(library);
  silenceLogs();
  const { trace, promises } = await retrace(seed);
  console.log(trace.join('\n'));
  console.log(promises.length === 0 ? 'every promise was kept' : promises.join('\n'));
  process.exitCode = promises.length === 0 ? 0 : 1;
}

function tell({ schedules, faults, broken }, seconds) {
  const rate = Math.round(schedules / seconds);
  console.log(`${schedules} schedules in ${seconds.toFixed(1)} s, ${rate}/s`);
  console.log(
    Object.entries(faults)
      .map(([kind, n]) => `${n} x ${kind}`)
      .join(', '),
  );
  for (const { seed, promises } of broken) console.log(`seed ${seed}: ${promises.join('; ')}`);
  console.log(`${broken.length} broke a promise`);
}

async function main() {
  const given = readArguments();
  if (given.help) return console.log(usage);
  await ensureBuilt(makeProgress(process.stderr));
  if (given.trace !== undefined) return traceOne(given.trace);
  const startedAt = performance.now();
  const result = await runAll(given);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (given.json) console.log(JSON.stringify({ ...result, seconds }));
  else tell(result, seconds);
  process.exitCode = result.broken.length === 0 ? 0 : 1;
}

await (isMainThread ? main() : runWorker());
