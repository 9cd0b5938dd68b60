import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { BrokerHealth, BrokerStatus } from '../broker/port.js';
import type { ServerAddress } from './addresses.js';
import { persistent } from './cluster-commands.js';
import { withCommands, type CommandConnection } from './commands.js';
import {
  answers,
  onStatusOf,
  quit,
  replaceWhenDead,
  silence,
  statusOf,
  watchMs,
} from './connection-state.js';
import { always, forCommands, forReading, whenReady } from './connections.js';
import type { Deployment, Reader } from './deployment.js';
import { connectorTo } from './node-connector.js';
import { slotOf } from './slot.js';

/** A client that only waits for a reply learns by this alone that a node was replaced. */
const lookMs = 2_000;
const redirectionsMax = 32;
const reconnectMsMax = 500;
const askedFor = /^ASK \d+ (.+):(\d+)/;
const elsewhere = /^(MOVED|CLUSTERDOWN|READONLY|MASTERDOWN|UNBLOCKED)\b/;

/**
 * A Redis Cluster. Every script touches one slot; published texts reach all nodes, so one
 * subscriber on any of them hears everything; blocking reads go to the node of their slot, one
 * connection for each slot.
 */
export class ClusterDeployment implements Deployment {
  readonly commands: CommandConnection;
  readonly subscriber: Redis;
  readonly isSharded = true;
  readonly #cluster: Cluster;
  readonly #startNodes: readonly ServerAddress[];
  readonly #client: RedisOptions;
  readonly #readers = new Set<Redis>();
  readonly #onTakeover = new Set<() => void>();
  #masters: (string | undefined)[] = [];
  #turn = 0;
  #isClosed = false;

  constructor(nodes: readonly ServerAddress[], client: RedisOptions, connectionName: string) {
    this.#startNodes = nodes;
    this.#client = { ...client, connectionName };
    const cluster = withCommands(
      new Cluster([...nodes], {
        lazyConnect: true,
        maxRedirections: redirectionsMax,
        slotsRefreshInterval: lookMs,
        clusterRetryStrategy: (times) => Math.min(times * 50, reconnectMsMax),
        redisOptions: { ...this.#client, keepAlive: always.keepAlive, disableClientInfo: true },
      }),
    );
    this.#cluster = cluster;
    silence(cluster);
    cluster.on('refresh', () => this.#compare());
    this.commands = persistent(cluster, () => this.#isClosed);
    this.subscriber = this.#open(forCommands, () => this.#anyNode());
  }

  get status(): BrokerStatus {
    return statusOf(this.#cluster);
  }

  publishFrom(key: string, channel: string, text: string): Promise<unknown> {
    return this.commands.nxPublish(key, channel, text);
  }

  together(streams: readonly string[]): string[][] {
    const bySlot = new Map<number, string[]>();
    for (const stream of streams) {
      const slot = slotOf(stream);
      const found = bySlot.get(slot);
      if (found) found.push(stream);
      else bySlot.set(slot, [stream]);
    }
    return [...bySlot.values()];
  }

  reader(streams: readonly string[]): Reader {
    const slot = slotOf(streams[0] ?? '');
    /** Where the slot is moving to, while it moves: that node wants to be asked. */
    let next: ServerAddress | undefined;
    let node: ServerAddress | undefined;
    const redis = this.#open(forReading, () => (node = next ?? this.#nodeOf(slot)));
    this.#readers.add(redis);
    redis.once('end', () => this.#readers.delete(redis));
    redis.on('close', () => {
      if (node === next) next = undefined;
      this.#look();
    });
    return {
      redis,
      prepare: () => {
        if (next) redis.asking().catch(() => {});
      },
      unblock: async (id) => (await this.#instance(node)?.client('UNBLOCK', id)) === 1,
      refused: ({ message }) => {
        const [, host, port] = askedFor.exec(message) ?? [];
        next = host && port ? { host, port: Number(port) } : undefined;
        if (!next && !elsewhere.test(message)) return;
        this.#look();
        redis.disconnect(true);
      },
    };
  }

  async connect(waitMs: number): Promise<void> {
    await whenReady(this.#cluster, waitMs);
    await whenReady(this.subscriber, waitMs);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([quit(this.#cluster), quit(this.subscriber)]);
    for (const reader of this.#readers) reader.disconnect();
  }

  destroy(): void {
    this.#isClosed = true;
    for (const redis of [this.#cluster, this.subscriber, ...this.#readers]) redis.disconnect();
  }

  async health(waitMs: number): Promise<BrokerHealth> {
    const { status } = this.#cluster;
    if (status !== 'ready') return { up: false, detail: `Redis Cluster is ${status}` };
    const nodes = this.#cluster.nodes('master');
    const silent = await Promise.all(
      nodes.map(async (node) => ((await answers(node, waitMs)) ? [] : [nameOf(node)])),
    );
    const names = silent.flat();
    if (names.length === 0) return { up: true, detail: `${nodes.length} nodes answered` };
    return { up: false, detail: `no answer within ${waitMs} ms from ${names.join(', ')}` };
  }

  onStatus(listener: (status: BrokerStatus) => void): () => void {
    return onStatusOf(this.#cluster, listener);
  }

  onTakeover(listener: () => void): void {
    this.#onTakeover.add(listener);
  }

  watch(): void {
    void replaceWhenDead(this.subscriber);
    for (const node of this.#cluster.nodes()) void this.#dropWhenDead(node);
  }

  /** ioredis makes another connection to a node when one breaks. */
  lifeOf(key: string): unknown {
    return this.#instance(this.#nodeOf(slotOf(key)));
  }

  async copies(key: string, wanted: number, waitMs: number): Promise<number> {
    const node = this.#instance(this.#nodeOf(slotOf(key)));
    return node ? node.wait(wanted, waitMs) : 0;
  }

  /** ioredis finds the node again, or the one that took over, and repeats what was unanswered. */
  async #dropWhenDead(node: Redis): Promise<void> {
    if (node.status !== 'ready' || (await answers(node, watchMs))) return;
    node.disconnect();
    this.#look();
  }

  #open(options: RedisOptions, locate: () => ServerAddress): Redis {
    const redis = new Redis({
      ...this.#client,
      ...always,
      ...options,
      Connector: connectorTo(locate),
    });
    silence(redis);
    return redis;
  }

  #look(): void {
    if (!this.#isClosed) this.#cluster.refreshSlotsCache();
  }

  /** The master of a slot, so far as is known: who is wrong there is told so. */
  #nodeOf(slot: number): ServerAddress {
    const key = this.#cluster.slots[slot]?.[0];
    return key === undefined ? this.#anyNode() : addressOf(key);
  }

  /** Another one each time: this may be asked because the last one is gone. */
  #anyNode(): ServerAddress {
    const known = this.#cluster.nodes('master').map(nameOf).map(addressOf);
    const nodes = known.length > 0 ? known : this.#startNodes;
    this.#turn += 1;
    return nodes[this.#turn % nodes.length] ?? { host: '127.0.0.1', port: 6_379 };
  }

  #instance(address: ServerAddress | undefined): Redis | undefined {
    if (!address) return undefined;
    const name = `${address.host}:${address.port}`;
    return this.#cluster.nodes().find((node) => nameOf(node) === name);
  }

  #compare(): void {
    const masters = Array.from(this.#cluster.slots, (keys) => keys?.[0]);
    const isFirst = this.#masters.length === 0;
    const isChanged = masters.some((master, slot) => master !== this.#masters[slot]);
    this.#masters = masters;
    if (!isFirst && isChanged) for (const listener of this.#onTakeover) listener();
  }
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}

function addressOf(name: string): ServerAddress {
  const at = name.lastIndexOf(':');
  return { host: name.slice(0, at), port: Number(name.slice(at + 1)) };
}
