/** Runs a Redis or Valkey server in a folder of ours: start, adoption, stop. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endProcess, isAlive, processDirectory } from './processes.mjs';

const START_DEADLINE_MS = 10_000;
const STOP_GRACE_MS = 3_000;
const POLL_MS = 20;

/** The bus may lose nothing on a full memory, so it refuses instead: `noeviction`. */
const durable = ['appendonly yes', 'appendfsync everysec', 'maxmemory-policy noeviction'];
const fleeting = ['appendonly no'];

/** @param {number} port @param {string} password @param {boolean} keeps */
function configuration(port, password, keeps) {
  const door = ['bind 127.0.0.1', `port ${port}`, `requirepass ${password}`, 'pidfile redis.pid'];
  return [...door, 'dir .', 'save ""', ...(keeps ? durable : fleeting), ''].join('\n');
}

function savedPassword(home) {
  const file = join(home, 'password');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

/** The server that runs in `home`, whoever started it. */
export function runningRedis(home) {
  try {
    const pid = Number(readFileSync(join(home, 'redis.pid'), 'utf8'));
    if (!isAlive(pid) || processDirectory(pid) !== realpathSync(home)) return undefined;
    const port = /^port (\d+)$/m.exec(readFileSync(join(home, 'redis.conf'), 'utf8'))?.[1];
    return { pid, port: Number(port) };
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

export const redisUrl = (home, port) => `redis://:${savedPassword(home)}@127.0.0.1:${port}`;

/** One question on a connection of its own; a server that still reads its file answers LOADING. */
function answer(home, port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`AUTH ${savedPassword(home)}\r\nPING\r\n`);
    });
    let text = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (bytes) => {
      text += bytes;
      if (text.includes('PONG') || text.includes('LOADING')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
}

async function untilReady(home, port, child) {
  const end = Date.now() + START_DEADLINE_MS;
  const log = join(home, 'redis.log');
  while (!(await answer(home, port)).includes('PONG')) {
    const ended = child.exitCode ?? child.signalCode;
    const what = ended !== null ? `ended at once (${ended})` : 'was not ready in time';
    if (ended !== null || Date.now() > end) {
      const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-3).join('\n  ');
      throw new Error(`Redis ${what}. The end of ${log}:\n  ${tail}`);
    }
    await wait(POLL_MS);
  }
}

/**
 * @param {{ program: string, home: string, port: number, keeps: boolean }} options `keeps`: the
 *   data outlives the server
 * @returns {Promise<{ pid: number, port: number, adopted: boolean }>}
 */
export async function startRedis({ program, home, port, keeps }) {
  const running = runningRedis(home);
  if (running) return { ...running, adopted: true };
  await mkdir(home, { recursive: true, mode: 0o700 });
  const password = savedPassword(home) ?? randomBytes(18).toString('base64url');
  await writeFile(join(home, 'password'), password, { mode: 0o600 });
  await writeFile(join(home, 'redis.conf'), configuration(port, password, keeps), { mode: 0o600 });
  await rm(join(home, 'redis.pid'), { force: true });
  const log = openSync(join(home, 'redis.log'), 'w', 0o600);
  const child = spawn(program, ['redis.conf'], {
    cwd: home,
    // A group of its own: Ctrl-C is for the launcher, which stops the servers after the apps.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  await once(child, 'spawn');
  await untilReady(home, port, child);
  return { pid: child.pid, port, adopted: false };
}

export async function stopRedis(home) {
  const running = runningRedis(home);
  if (running) await endProcess(running.pid, { graceMs: STOP_GRACE_MS });
  return running;
}
