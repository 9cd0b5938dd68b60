import type { KeyNames } from '../broker/key-names.js';
import type { ChannelListener } from '../broker/listeners.js';
import type { Backlog, ConsumerPort, ConsumerSpec, Follower, FollowSpec } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { Denials } from './denials.js';
import type { Deployment } from './deployment.js';
import type { DueEvents } from './due-events.js';
import { named } from './group-parts.js';
import { RedisConsumer } from './redis-consumer.js';
import { RedisFollower } from './redis-follower.js';
import type { ReplySender } from './reply-sender.js';

export interface RedisReadersParts {
  readonly keys: KeyNames;
  readonly denials: Denials;
  readonly deployment: Deployment;
  readonly replies: ReplySender;
  /** How long a connection may take. */
  readonly connectMs: number;
  readonly listen: (channel: string, listener: ChannelListener) => Promise<unknown>;
}

/** Whatever of a broker reads queues: members of groups, and who reads for itself. */
export class RedisReaders {
  readonly #parts: RedisReadersParts;
  readonly #consumers = new Set<RedisConsumer>();
  readonly #followers = new Set<RedisFollower>();

  constructor(parts: RedisReadersParts) {
    this.#parts = parts;
  }

  /** What is before a group of one queue. */
  async backlog(queue: Queue, group: string): Promise<Backlog> {
    const { keys, denials, deployment } = this.#parts;
    const due = queue.kind === 'events' ? [keys.due(queue)] : [];
    const counted = [keys.stream(queue), keys.deadLetters(queue), ...due];
    const work = deployment.commands.nxBacklog(counted.length, ...counted, group, queue.kind);
    const answer = await denials.watch(`count ${named(queue)}`, work);
    const [waiting, unfinished, oldestAt, deadLetters, scheduled] = answer;
    return { waiting, unfinished, oldestAt: oldestAt || undefined, deadLetters, scheduled };
  }

  async consumer(spec: ConsumerSpec): Promise<ConsumerPort> {
    const { keys, denials, deployment, replies, connectMs, listen } = this.#parts;
    const consumer = new RedisConsumer(spec, keys, { deployment, denials, replies });
    this.#consumers.add(consumer);
    await consumer.connect(connectMs);
    const { onWork, queues, group } = spec;
    if (onWork && queues.length > 0) {
      const work = listen(keys.work(group), { onText: onWork, onGap: onWork });
      await denials.watch(`read ${queues.map(named).join(', ')}`, work);
    }
    await this.#hear(consumer.dues);
    return consumer;
  }

  async follow(spec: FollowSpec): Promise<readonly Follower[]> {
    const { keys, denials, deployment, connectMs } = this.#parts;
    const { commands } = deployment;
    const topicOf = new Map(
      spec.topics.map((name) => [keys.stream({ kind: 'events', name }), name]),
    );
    const followers = deployment.together([...topicOf.keys()]).map((streams) => {
      const topics = streams.map((stream) => topicOf.get(stream) ?? '');
      const reader = deployment.reader(streams);
      return new RedisFollower(topics, { spec, keys, commands, denials, reader });
    });
    for (const follower of followers) this.#followers.add(follower);
    await Promise.all(followers.map((follower) => follower.connect(connectMs)));
    await this.#hear(followers.flatMap(({ dues }) => dues));
    return followers;
  }

  /** Nothing of it wakes or reads any more: the broker is closed. */
  close(): void {
    for (const consumer of this.#consumers) consumer.stopWaking();
    for (const follower of this.#followers) follower.close();
  }

  /** Without it what is scheduled comes late and not never, so that an older access list will do. */
  async #hear(dues: readonly DueEvents[]): Promise<void> {
    const { denials, listen } = this.#parts;
    const works = dues.map(({ channel, listener }) =>
      denials.watch(`hear on '${channel}' what is due`, listen(channel, listener)),
    );
    await Promise.allSettled(works);
  }
}
