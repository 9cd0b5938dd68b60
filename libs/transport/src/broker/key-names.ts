import type { Queue } from './port.js';

/**
 * The names of everything in Redis. What one script touches shares a hash tag, so that it lies in
 * one slot of a cluster; `.0` is the shard, the only one so far.
 */
export interface KeyNames {
  /** The stream of a queue. */
  stream(queue: Queue): string;
  /** Sorted set: member of a group to the time of its last sign of life. */
  presence(queue: Queue, group: string): string;
  /** Sorted set: entry id to the time of its next run. */
  later(queue: Queue, group: string): string;
  /** Stream of dead letters. */
  deadLetters(queue: Queue): string;
  /** Hash: the last batches of one producer, so that a resend adds nothing. */
  sent(queue: Queue, producer: string): string;
  /** Channel of an inbox. */
  inbox(service: string, instance: string): string;
  /** Whether a channel is somebody's inbox: a reply goes to no other. */
  isInbox(channel: string): boolean;
  /** Channel of a broadcast. */
  broadcast(channel: string): string;
  /** What names the life of this server's data: another one after it was lost. */
  epoch(): string;
}

export function keyNames(prefix = 'nx'): KeyNames {
  const tagged = ({ kind, name }: Queue): string =>
    `${prefix}:{${kind === 'events' ? 'ev.' : ''}${plain(name)}.0}`;
  const perGroup = (queue: Queue, group: string): string =>
    queue.kind === 'events' ? `:${plain(group)}` : '';
  return {
    stream: (queue) => `${tagged(queue)}:${queue.kind === 'events' ? 's' : 'q'}`,
    presence: (queue, group) => `${tagged(queue)}:hb${perGroup(queue, group)}`,
    later: (queue, group) => `${tagged(queue)}:later${perGroup(queue, group)}`,
    deadLetters: (queue) => `${tagged(queue)}:dlq`,
    sent: (queue, producer) => `${tagged(queue)}:sent:${producer}`,
    inbox: (service, instance) => `${prefix}:r:${plain(service)}:${plain(instance)}`,
    isInbox: (channel) => channel.startsWith(`${prefix}:r:`),
    broadcast: (channel) => `${prefix}:b:${plain(channel)}`,
    epoch: () => `${prefix}:{epoch}`,
  };
}

/** Braces and colons in a name would move the hash tag or the parts of the key. */
function plain(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : encodeURIComponent(name);
}
