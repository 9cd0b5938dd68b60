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
const anyProgram = process.env['TEST_REDIS_PROGRAM'] ?? 'redis-server';

export interface RedisServerOptions {
  readonly program?: string;
  /** Further arguments of the program. */
  readonly flags?: readonly string[];
  /** What stands on the command line before any option: `--sentinel` wants a file of its own. */
  readonly leading?: (directory: string) => readonly string[];
}

/** A Redis of a spec's own, on a free port, without anything on disk that lasts. */
export class RedisServer {
  /** Where it listens, before and after a restart. */
  readonly url: string;
  readonly port: number;
  readonly #options: RedisServerOptions;
  readonly #directory = mkdtempSync(join(tmpdir(), 'courtside-redis-'));
  readonly #users = join(this.#directory, 'users.acl');
  #process: ChildProcess | undefined;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
    this.url = `redis://127.0.0.1:${port}`;
    writeFileSync(this.#users, '');
  }

  /** Starts an empty one. */
  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.restart();
    return server;
  }

  /** The number of its process; 0 when it does not run. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Starts it unless it runs, with further arguments this time. */
  async start(more: readonly string[] = []): Promise<void> {
    if (!this.#process) await this.restart(more);
  }

  /** Kills it if it runs, and starts it without its data, with further arguments this time. */
  async restart(more: readonly string[] = []): Promise<void> {
    await this.kill();
    const { program = anyProgram, flags = [], leading } = this.#options;
    const first = leading?.(this.#directory) ?? [];
    const files = ['--dir', this.#directory, '--aclfile', this.#users];
    const quiet = leading ? [] : ['--save', '', '--appendonly', 'no', ...files];
    const all = [...first, '--port', String(this.port), ...quiet, ...flags, ...more];
    this.#process = spawn(program, all, { stdio: 'ignore' });
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

  /** Stops the process for a while; its connections stay. */
  async freeze(ms: number): Promise<void> {
    const running = this.#process;
    running?.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, ms));
    running?.kill('SIGCONT');
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

/** A port that nothing listens on, also not on the one 10,000 above it, where a Cluster talks. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = await listeningOn(0);
    if (port > 55_000) continue;
    if (await listeningOn(port + 10_000).catch(() => undefined)) return port;
  }
}

async function listeningOn(wanted: number): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
