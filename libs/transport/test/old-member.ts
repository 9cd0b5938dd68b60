import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { keyNames } from '../src/index.js';

/** A member of a group as it was before there was a format 2, as far as others can see it. */
export class OldMember {
  readonly name = randomUUID();
  readonly read: Record<string, unknown>[] = [];
  readonly #redis: Redis;
  readonly #group: string;
  readonly #stream: string;
  readonly #presence: string;

  constructor(url: string, prefix: string, { topic, group }: { topic: string; group: string }) {
    this.#redis = new Redis(url);
    this.#group = group;
    const keys = keyNames(prefix);
    const queue = { kind: 'events', name: topic } as const;
    this.#stream = keys.stream(queue);
    this.#presence = keys.presence(queue, group);
  }

  /** Gives a heartbeat, clears away members that it holds for dead, and reads what is there. */
  async work(): Promise<void> {
    const redis = this.#redis;
    await redis.zadd(this.#presence, Date.now(), this.name);
    await redis.xgroup('CREATE', this.#stream, this.#group, '0', 'MKSTREAM').catch(() => {});
    const living = await redis.zrangebyscore(this.#presence, Date.now() - 3_000, '+inf');
    for (const info of (await redis.xinfo('CONSUMERS', this.#stream, this.#group)) as unknown[][]) {
      const [, name, , pending] = info as [string, string, string, number];
      if (living.includes(name) || pending > 0) continue;
      await redis.xgroup('DELCONSUMER', this.#stream, this.#group, name);
    }
    const found = (await redis.call(
      ...(['XREADGROUP', 'GROUP', this.#group, this.name, 'STREAMS', this.#stream, '>'] as const),
    )) as [string, [string, string[]][]][] | null;
    for (const [id, fields] of found?.[0]?.[1] ?? []) {
      this.read.push(JSON.parse(fields[fields.indexOf('h') + 1] ?? '') as Record<string, unknown>);
      await redis.xack(this.#stream, this.#group, id);
    }
  }

  async leave(): Promise<void> {
    await this.#redis.zrem(this.#presence, this.name);
    await this.#redis.xgroup('DELCONSUMER', this.#stream, this.#group, this.name);
    this.#redis.disconnect();
  }
}
