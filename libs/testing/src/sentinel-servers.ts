import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { eventually } from './eventually.js';
import { RedisServer } from './redis-server.js';

const sentinelCount = 3;
const name = 'main';
/** A server that answers no sentinel for this long is down. */
const downAfterMs = 1_000;
/** What any of this may take. */
const patienceMs = 15_000;

export interface SentinelAddress {
  readonly url: string;
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  readonly name: string;
}

/** A server, a copy of it, and three sentinels that put the copy in its place when it dies. */
export class SentinelServers {
  readonly #program: string;
  #data: RedisServer[] = [];
  #sentinels: RedisServer[] = [];

  private constructor(program: string) {
    this.#program = program;
  }

  /** One that is `isStubborn` starts with a first server that nobody can make a copy of another. */
  static async start(program: string, { isStubborn = false } = {}): Promise<SentinelServers> {
    const servers = new SentinelServers(program);
    await servers.#start(isStubborn);
    return servers;
  }

  /** Where they are: as one URL, and for clients that want sentinels and the name of the set. */
  get address(): SentinelAddress {
    const sentinels = this.#sentinels.map(({ port }) => ({ host: '127.0.0.1', port }));
    const hosts = sentinels.map(({ host, port }) => `${host}:${port}`).join(',');
    return { url: `redis+sentinel://${hosts}/${name}`, sentinels, name };
  }

  /**
   * Kills the first server and brings it back as a copy once the other took over.
   * @returns when that was, epoch milliseconds.
   */
  async failOver(): Promise<number> {
    const first = await this.#first();
    await first.kill();
    await eventually(
      'another first server',
      async () => (await this.#firstPort()) !== first.port,
      patienceMs,
    );
    const backAt = Date.now();
    // Not as a second first one, which it would be until the sentinels tell it otherwise.
    await first.restart(copyOf(await this.#firstPort()));
    await this.#whenCopied();
    return backAt;
  }

  /** The server and its copy: users are not copied from one to the other. */
  get dataUrls(): string[] {
    return this.#data.map(({ url }) => url);
  }

  /** Has the sentinels put the copy in the place of the first server, which lives on. */
  async switchOver(): Promise<void> {
    const before = await this.#firstPort();
    const redis = new Redis(this.#sentinels[0]?.url ?? '');
    try {
      await redis.call('SENTINEL', 'FAILOVER', name);
    } finally {
      redis.disconnect();
    }
    await eventually(
      'another first server',
      async () => (await this.#firstPort()) !== before,
      patienceMs,
    );
  }

  async firstUrl(): Promise<string> {
    return (await this.#first()).url;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#sentinels, ...this.#data].map((server) => server.close()));
  }

  async #start(isStubborn: boolean): Promise<void> {
    const flags = ['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'];
    const start = (more: string[] = []) =>
      RedisServer.start({ program: this.#program, flags: [...flags, ...more] });
    const deaf = ['SLAVEOF', 'REPLICAOF'].flatMap((name) => [
      '--rename-command',
      name,
      `no-${name}`,
    ]);
    const first = await start(isStubborn ? deaf : []);
    const copy = await start(copyOf(first.port));
    this.#data = [first, copy];
    this.#sentinels = await Promise.all(
      Array.from({ length: sentinelCount }, () => this.#startSentinel(first.port)),
    );
    await this.#whenCopied();
    await eventually(
      'every sentinel to know the others',
      async () => {
        const known = await Promise.all(this.#sentinels.map(({ url }) => facts(url)));
        return known.every((fact) => {
          const [copies, others] = [fact('num-slaves'), fact('num-other-sentinels')];
          return copies === '1' && others === String(sentinelCount - 1);
        });
      },
      patienceMs,
    );
  }

  #startSentinel(port: number): Promise<RedisServer> {
    const program = this.#program;
    const leading = (directory: string) => {
      const file = join(directory, 'sentinel.conf');
      const lines = [
        `sentinel monitor ${name} 127.0.0.1 ${port} 2`,
        `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
        `sentinel failover-timeout ${name} 1000`,
        `dir ${directory}`,
      ];
      writeFileSync(file, lines.join('\n'));
      return [file, '--sentinel'];
    };
    return RedisServer.start({ program, leading });
  }

  /** The first server has a copy that is whole. */
  async #whenCopied(): Promise<void> {
    await eventually(
      'a whole copy',
      async () => {
        const redis = new Redis((await this.#first()).url);
        try {
          return /slave0:.*state=online/.test(await redis.info('replication'));
        } finally {
          redis.disconnect();
        }
      },
      patienceMs,
    );
  }

  async #first(): Promise<RedisServer> {
    const port = await this.#firstPort();
    const found = this.#data.find((server) => server.port === port);
    if (!found) throw new Error(`the sentinels name port ${port}, where nothing was started`);
    return found;
  }

  async #firstPort(): Promise<number> {
    const [one] = this.#sentinels;
    if (!one) return this.#data[0]?.port ?? 0;
    return Number((await facts(one.url))('port'));
  }
}

const copyOf = (port: number): string[] => ['--replicaof', '127.0.0.1', String(port)];

/** What a sentinel knows of the watched server. */
async function facts(url: string): Promise<(field: string) => string | undefined> {
  const redis = new Redis(url);
  try {
    const all = (await redis.call('SENTINEL', 'MASTER', name)) as string[];
    return (field) => all[all.indexOf(field) + 1];
  } finally {
    redis.disconnect();
  }
}
