/** What every bench of the transport does alike: its Redis, its goals, its processes. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { built } from '../../tools/generate/built.mjs';
import { ensureBuilt } from '../../tools/local/build.mjs';
import { makeProgress } from '../../tools/local/progress.mjs';
import { findRedis } from '../../tools/local/redis-source.mjs';
import { keep } from '../arguments.mjs';

export const MEBIBYTE = 2 ** 20;

/** Finds Redis and builds what is to be imported. @returns the program of Redis */
export async function prepared(progress = makeProgress(process.stderr)) {
  const { source } = await findRedis(process.env);
  if (!source) {
    console.error('this benchmark needs Redis 7.0 or later: install redis-server');
    process.exit(1);
  }
  await ensureBuilt(progress);
  return source.program;
}

/** Closes before a signal ends the process. */
export function onSignal(close) {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void close().finally(() => process.exit(1)));
  }
}

/** Runs `measure` with a client, which tells its own events, on a Redis of its own. @returns its figures */
export async function withClient(measure) {
  const program = await prepared();
  const [{ RedisServer }, { TransportClient, openBroker }] = await Promise.all(
    ['testing', 'transport'].map((name) => built(`libs/${name}`)),
  );
  const server = await RedisServer.start({ program });
  onSignal(() => server.close());
  const { url } = server;
  const redis = new Redis(url);
  const broker = openBroker(url, { service: 'bench' });
  const client = new TransportClient({ broker, service: 'bench', ownsBroker: true });
  try {
    return await measure({ url, client, redis });
  } finally {
    await client.close();
    redis.disconnect();
    await server.close();
  }
}

/** A service in a process of its own, whose program is at a URL: `ask` has it tell its figures, `end` has it leave. */
export async function startApp(program, orders, execArgv = []) {
  const child = fork(fileURLToPath(program), { execArgv });
  child.send(orders);
  await once(child, 'message');
  return {
    async ask() {
      child.send('figures');
      return (await once(child, 'message'))[0];
    },
    async end() {
      child.send('end');
      await once(child, 'exit');
    },
  };
}

export async function usedMemory(redis) {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1]);
}

/** Prints the figures and what they miss; sets the exit code. */
export function tellFigures(figures, goals, json) {
  const round = (number) => Math.round(number * 100) / 100;
  console.table(Object.fromEntries(Object.entries(figures).map(([key, n]) => [key, round(n)])));
  const missed = Object.entries(goals).filter(([key, most]) => figures[key] > most);
  tellMissed(missed.map(([key, most]) => `${key} ${round(figures[key])}, goal ${most}`));
  keep(figures, json);
}

/** Says which goals are missed, a sentence each. */
export function tellMissed(sentences) {
  for (const sentence of sentences) console.log(`missed  ${sentence}`);
  if (sentences.length === 0) console.log('every goal is met');
  process.exitCode = sentences.length === 0 ? 0 : 1;
}
