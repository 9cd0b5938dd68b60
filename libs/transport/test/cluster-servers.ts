import { Redis } from 'ioredis';
import { until } from '../src/conformance/lab.js';
import { RedisServer } from '@courtside/testing';

const masters = 3;
const slots = 16_384;
const nodeTimeoutMs = 2_000;

export interface ClusterOptions {
  readonly program: string;
  /** Each node has a copy that takes over when it dies. */
  readonly hasCopies?: boolean;
}

/** A Cluster of three nodes, or of three with a copy each. */
export class ClusterServers {
  readonly nodes: RedisServer[];

  private constructor(nodes: RedisServer[]) {
    this.nodes = nodes;
  }

  static async start({ program, hasCopies = false }: ClusterOptions): Promise<ClusterServers> {
    const flags = [
      ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
      ...['--cluster-replica-validity-factor', '0', '--repl-diskless-sync-delay', '0'],
    ];
    const count = hasCopies ? 2 * masters : masters;
    const starts = Array.from({ length: count }, () => RedisServer.start({ program, flags }));
    const servers = new ClusterServers(await Promise.all(starts));
    await servers.#join();
    return servers;
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((server) => server.close()));
  }

  /** Runs the work on a connection to each of the nodes. */
  async onEach<T>(work: (redis: Redis, n: number) => Promise<T>, nodes = this.nodes): Promise<T[]> {
    return Promise.all(
      nodes.map(async ({ url }, n) => {
        const redis = new Redis(url);
        try {
          return await work(redis, n);
        } finally {
          redis.disconnect();
        }
      }),
    );
  }

  /** The node that serves a slot. */
  async masterOf(slot: number): Promise<RedisServer> {
    const [node] = this.nodes;
    const [ranges = []] = await this.onEach((redis) => redis.cluster('SLOTS'), node && [node]);
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    const found = this.nodes.find(({ port }) => port === range?.[2]?.[1]);
    if (!found) throw new Error(`no node serves slot ${slot}`);
    return found;
  }

  /** Kills the node that serves a slot and brings it back as a copy once its own took over. */
  async failOver(slot: number): Promise<void> {
    const dead = await this.masterOf(slot);
    await dead.kill();
    const alive = this.nodes.filter((node) => node !== dead);
    await until('its copy to take over', async () => {
      const roles = await this.onEach((redis) => redis.info('replication'), alive);
      return roles.filter((info) => info.includes('role:master')).length === masters;
    });
    // It finds in its own file who it was.
    await dead.restart();
    await this.whenWhole();
    await this.#whenCopied(masters);
  }

  /** Moves a slot with its keys to another node, as an operator does. */
  async move(slot: number): Promise<void> {
    const from = await this.masterOf(slot);
    const to = this.nodes.find((node) => node !== from) ?? from;
    const [fromId = '', toId = ''] = await this.onEach(myId, [from, to]);
    await this.onEach((redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', fromId), [to]);
    await this.onEach(
      async (redis) => {
        await redis.cluster('SETSLOT', slot, 'MIGRATING', toId);
        for (;;) {
          const keys = await redis.cluster('GETKEYSINSLOT', slot, 10);
          if (keys.length === 0) break;
          await redis.call('MIGRATE', '127.0.0.1', to.port, '', 0, 5_000, 'KEYS', ...keys);
        }
      },
      [from],
    );
    await this.onEach((redis) => redis.cluster('SETSLOT', slot, 'NODE', toId), [to, from]);
  }

  async whenWhole(): Promise<void> {
    await until('every node to find the Cluster whole', async () => {
      const infos = await this.onEach((redis) => redis.cluster('INFO'));
      return infos.every((info) => {
        const isOk = /cluster_state:ok/.test(info) && /cluster_slots_ok:16384/.test(info);
        return isOk && info.includes(`cluster_known_nodes:${this.nodes.length}`);
      });
    });
  }

  async #join(): Promise<void> {
    const [first] = this.nodes;
    await this.onEach(async (redis, n) => {
      await redis.cluster('SET-CONFIG-EPOCH', n + 1);
      if (n < masters) await redis.call('CLUSTER', 'ADDSLOTSRANGE', ...share(n));
      if (first && n > 0) await redis.cluster('MEET', '127.0.0.1', first.port);
    });
    await this.whenWhole();
    const ids = await this.onEach(myId);
    await this.onEach(async (redis, n) => {
      if (n >= masters) await redis.cluster('REPLICATE', ids[n - masters] ?? '');
    });
    await this.#whenCopied(this.nodes.length - masters);
  }

  async #whenCopied(copies: number): Promise<void> {
    await until('whole copies', async () => {
      const infos = await this.onEach((redis) => redis.info('replication'));
      return infos.filter((info) => info.includes('master_link_status:up')).length === copies;
    });
  }
}

function myId(redis: Redis): Promise<string> {
  return redis.call('CLUSTER', 'MYID') as Promise<string>;
}

function share(n: number): [from: number, to: number] {
  const size = Math.ceil(slots / masters);
  return [n * size, Math.min(slots, (n + 1) * size) - 1];
}
