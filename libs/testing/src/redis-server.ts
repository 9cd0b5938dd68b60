import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** A Redis or Valkey: the program that the test run found, or the one on PATH. */
const program = process.env['TEST_REDIS_PROGRAM'] ?? 'redis-server';

/** A Redis of a spec's own, on a free port, without anything on disk that lasts. */
export class RedisServer {
  /** Where it listens, before and after a restart. */
  readonly url: string;
  readonly #port: number;
  readonly #directory = mkdtempSync(join(tmpdir(), 'courtside-redis-'));
  readonly #users = join(this.#directory, 'users.acl');
  #process: ChildProcess | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
    writeFileSync(this.#users, '');
  }

  /** Starts an empty one. */
  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.restart();
    return server;
  }

  /** Kills it if it runs, and starts it without its data. */
  async restart(): Promise<void> {
    await this.kill();
    const flags = ['--port', String(this.#port), '--save', '', '--appendonly', 'no'];
    const files = ['--dir', this.#directory, '--aclfile', this.#users];
    this.#process = spawn(program, [...flags, ...files], { stdio: 'ignore' });
    const failed = once(this.#process, 'error').then(([error]) => {
      throw new Error(`${program} cannot be started: install Redis or set TEST_REDIS_PROGRAM`, {
        cause: error,
      });
    });
    await Promise.race([failed, answering(this.url)]);
    failed.catch(() => {});
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (!running || running.exitCode !== null) return;
    await keepUsers(this.url);
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Who may do what is configuration: it outlives a crash, the data does not. */
async function keepUsers(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 0 });
  redis.on('error', () => {});
  await redis.call('ACL', 'SAVE').catch(() => {});
  redis.disconnect();
}

async function answering(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 20 });
  redis.on('error', () => {});
  try {
    await redis.ping();
  } finally {
    redis.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
