import type { RequestKey } from '../protocol/idempotency.js';
import type { Queue } from './queue.js';

/**
 * The names of everything in Redis. What one script touches shares a hash tag, so that it lies in
 * one slot of a cluster; `.0` is the shard, the only one so far.
 */
export interface KeyNames {
  /** The stream of a queue. */
  stream(queue: Queue): string;
  /** Sorted set: member of a group to the time of its last sign of life. */
  presence(queue: Queue, group: string): string;
  /** String: `3` while all members of a service read payloads that lie apart. */
  reads(queue: Queue): string;
  /** Sorted set: entry id to the time of its next run. */
  later(queue: Queue, group: string): string;
  /** Hash: how far a group is, and since when a server that was away is back. */
  state(queue: Queue, group: string): string;
  /** Hash: what the members of a lost group say of it. */
  said(queue: Queue, group: string): string;
  /** Hash: entry id to the handlers that are done with it, of several. */
  marks(queue: Queue, group: string): string;
  /** Hash: entry id to the entry that waits for its end, for events in order. */
  following(queue: Queue, group: string): string;
  /** Hash: slot to its last event, for events in order. */
  last(queue: Queue): string;
  /** String: a payload that lies apart from its message. `name` absent: what all begin with. */
  body(queue: Queue, name?: string): string;
  /** Sorted set: the payloads of events that lie apart, by the time of their events. */
  bodies(queue: Queue): string;
  /** String: a reply that lies apart from its frame. */
  reply(inbox: string, name: string): string;
  /** What those of a service begin with, or of all. */
  replies(service?: string): string;
  /** Sorted set: id of an event that waits for its time to when that is. */
  due(queue: Queue): string;
  /** Hash: these ids to the events. */
  waiting(queue: Queue): string;
  /** Channel on which the members of groups hear when the next event of a topic is due. */
  dueChannel(topic: string): string;
  /** Stream of dead letters. */
  deadLetters(queue: Queue): string;
  /** Hash: the last batches of one producer, so that a resend adds nothing. */
  sent(queue: Queue, producer: string): string;
  /** Hash: what is known of one request with an idempotency key. `key` absent: their beginning. */
  request(service: string, sender: string, key?: RequestKey): string;
  /** Sorted set: these hashes by the time when they are forgotten. */
  kept(service: string): string;
  /** Channel of an inbox. */
  inbox(service: string, instance: string): string;
  /** What every inbox begins with, and no other channel: a reply goes to no other. */
  inboxes(): string;
  /** Whether a channel is somebody's inbox. */
  isInbox(channel: string): boolean;
  /** Channel of a broadcast. */
  broadcast(channel: string): string;
  /** Channel on which the members of a group hear that others left them work. */
  work(group: string): string;
  /** What names the life of this server's data: another one after it was lost. */
  epoch(): string;
}

/** The names of everything in Redis under a prefix. Pure: it asks no server. */
export function keyNames(prefix = 'nx'): KeyNames {
  const tagged = ({ kind, name }: Queue): string =>
    `${prefix}:{${kind === 'events' ? 'ev.' : ''}${plain(name)}.0}`;
  const perGroup = (queue: Queue, group: string): string =>
    queue.kind === 'events' ? `:${plain(group)}` : laneOf(queue);
  return {
    stream: (queue) => `${tagged(queue)}:${queue.kind === 'events' ? 's' : `q${laneOf(queue)}`}`,
    presence: (queue, group) => `${tagged(queue)}:hb${perGroup(queue, group)}`,
    reads: (queue) => `${tagged(queue)}:reads${laneOf(queue)}`,
    later: (queue, group) => `${tagged(queue)}:later${perGroup(queue, group)}`,
    state: (queue, group) => `${tagged(queue)}:state${perGroup(queue, group)}`,
    said: (queue, group) => `${tagged(queue)}:said${perGroup(queue, group)}`,
    marks: (queue, group) => `${tagged(queue)}:done${perGroup(queue, group)}`,
    following: (queue, group) => `${tagged(queue)}:after${perGroup(queue, group)}`,
    last: (queue) => `${tagged(queue)}:last`,
    body: (queue, name = '') => `${tagged(queue)}:b:${name}`,
    bodies: (queue) => `${tagged(queue)}:bodies`,
    reply: (inbox, name) => `${prefix}:rb:${inbox.slice(prefix.length + 3)}:${name}`,
    replies: (service) => `${prefix}:rb:${service === undefined ? '' : `${plain(service)}:`}`,
    due: (queue) => `${tagged(queue)}:due`,
    waiting: (queue) => `${tagged(queue)}:due:events`,
    dueChannel: (topic) => `${prefix}:due:${plain(topic)}`,
    deadLetters: (queue) => `${tagged(queue)}:dlq`,
    sent: (queue, producer) => `${tagged(queue)}:sent:${producer}${laneOf(queue)}`,
    request: (service, sender, key) =>
      `${tagged({ kind: 'requests', name: service })}:idem:${plain(sender)}:` +
      (key ? `${plain(key.pattern)}:${plain(key.key)}` : ''),
    kept: (service) => `${tagged({ kind: 'requests', name: service })}:kept`,
    inbox: (service, instance) => `${prefix}:r:${plain(service)}:${plain(instance)}`,
    inboxes: () => `${prefix}:r:`,
    isInbox: (channel) => channel.startsWith(`${prefix}:r:`),
    broadcast: (channel) => `${prefix}:b:${plain(channel)}`,
    work: (group) => `${prefix}:w:${plain(group)}`,
    epoch: () => `${prefix}:{epoch}`,
  };
}

/** Braces and colons in a name would move the hash tag or the parts of the key. */
function plain(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : encodeURIComponent(name);
}

/** The lanes of a service share its dead letters and its idempotency keys, and nothing else. */
const laneOf = ({ lane }: Queue): string => (lane === 'high' ? '.hi' : '');
