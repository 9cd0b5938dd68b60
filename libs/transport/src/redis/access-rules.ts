import { keyNames, type KeyNames } from '../broker/key-names.js';
import { requestsOf, type Queue } from '../broker/queue.js';
import { cancelChannel } from '../wire/cancel.js';

/** What one service may do on the bus, by the names of services, topics and channels. */
export interface BusRights {
  /** Services that it sends requests to. */
  readonly calls: readonly string[];
  /** Topics that it emits events on. */
  readonly publishes: readonly string[];
  /**
   * Those of `publishes` on which it emits events for later. Whoever subscribes to one of them adds
   * its events when they are due, so its subscribers may add to it: give such events a topic of their
   * own where that is not wanted.
   */
  readonly schedules?: readonly string[];
  /** Topics whose events it handles, as the group of its own name. */
  readonly subscribes: readonly string[];
  /** Broadcast channels that it tells. */
  readonly broadcasts: readonly string[];
  /** Broadcast channels that it listens to. */
  readonly hears: readonly string[];
}

/** The rights of every service on one bus. */
export type BusTopology = Readonly<Record<string, BusRights>>;

/** Commands with all the keys or channels that they may be used on. */
interface Grant {
  readonly commands: string;
  readonly keys?: readonly string[];
  readonly channels?: readonly string[];
}

/** What every connection needs, on no key: to be ready, named, watched and waked. */
const connection =
  '+ping +info +select +time +client|id +client|setname +client|unblock +unsubscribe ' +
  '+wait +cluster|slots +cluster|info +asking +readonly +readwrite';
/** A script may be sent by anyone: what it does is checked command by command, as its sender's. */
const scripts = '+eval +evalsha';
const group =
  '+exists +xack +xclaim +xpending +xrange +xinfo|groups +xinfo|consumers ' +
  '+xgroup|create +xgroup|createconsumer +xgroup|delconsumer';
const sets = '+zadd +zrem +zcard +zscore +zrange +zrangebyscore';
const hashes = '+hget +hmget +hset +hsetnx +hdel +hexists +hkeys +del +pexpire';
const batches = '+hget +hset +pexpire';
const asked = '+hmget +hset +hlen +del +pexpire';
const settled = '+hgetall +hexists +hset +del +pexpire';
/** What lies apart from its message. */
const fetched = '+get +unlink';
const kept = '+zadd +zrem +zcard +zrange +zremrangebyscore +pexpire';

/** The name of a service's user; its own on every bus of a server. */
export const aclUserOf = (service: string, prefix = 'nx'): string => `${prefix}-${service}`;

/**
 * The rules of a service's user, for `ACL SETUSER` or a file, without `on` and a password: all that
 * its edges need and nothing else. Redis 7.0 or Valkey. A command passes when one selector (in
 * brackets) allows it with all its keys, and what a script calls is checked like what is sent.
 */
export function aclRulesOf(service: string, topology: BusTopology, prefix = 'nx'): string[] {
  const keys = keyNames(prefix);
  const own = topology[service];
  if (!own) throw new Error(`the topology has no service '${service}'`);
  const callers = Object.keys(topology).filter((name) => topology[name]?.calls.includes(service));
  const grants: Grant[] = [
    { commands: '+get +setnx', keys: [keys.epoch()] },
    { commands: fetched, keys: [`${keys.replies(service)}*`] },
    { commands: '+subscribe', channels: [`${keys.inbox(service, '')}*`] },
    {
      commands: '+subscribe',
      channels: [cancelChannel(service), ...own.hears].map(keys.broadcast),
    },
    { commands: '+publish', channels: own.broadcasts.map(keys.broadcast) },
    ...(callers.length > 0 ? served(service, callers, keys) : []),
    ...own.calls.flatMap((callee) => called(callee, service, keys)),
    ...own.publishes.flatMap((topic) => published(topic, service, keys)),
    ...scheduled(own, service, keys),
    ...own.subscribes.flatMap((topic) => subscribed(topic, service, keys)),
    ...own.subscribes.flatMap((topic) => {
      const isScheduled = Object.values(topology).some((one) => one.schedules?.includes(topic));
      return due(topic, isScheduled, keys);
    }),
  ];
  return rules(grants);
}

/** The user of whoever mends: no service may have this name. */
export const operator = 'operator';

/**
 * The rules of the operator's user: lists the dead letters of every queue there is in the topology and
 * puts them back before their group. It reads, adds and acknowledges nothing else.
 */
export function operatorRulesOf(topology: BusTopology, prefix = 'nx'): string[] {
  const keys = keyNames(prefix);
  if (topology[operator]) throw new Error(`'${operator}' is the operator's: rename the service`);
  const topics = Object.values(topology).flatMap((own) => own.publishes.concat(own.subscribes));
  const queues: Queue[] = [
    ...Object.keys(topology).map((name) => requestsOf(name)),
    ...[...new Set(topics)].map((name): Queue => ({ kind: 'events', name })),
  ];
  const [streams, dead] = [queues.map(keys.stream), queues.map(keys.deadLetters)];
  const last = queues.map(keys.last);
  const grants: Grant[] = [
    { commands: scripts, keys: [...streams, ...dead, ...last] },
    { commands: '+hget +hset', keys: last },
    { commands: '+exists +xadd +xinfo|groups', keys: streams },
    { commands: '+xdel +xlen +xrange +xrevrange', keys: dead },
  ];
  return rules(grants);
}

/**
 * Answers its own requests. To whatever inbox asks: who may not ask cannot get a request in, and the
 * ids of what others wait for cannot be guessed.
 */
function served(service: string, callers: readonly string[], keys: KeyNames): Grant[] {
  const records = callers.map((caller) => `${keys.request(service, caller)}*`);
  return [
    ...lanesOf(service).flatMap((queue) => consumed(queue, service, keys)),
    { commands: `${group} +xdel`, keys: lanesOf(service).map(keys.stream) },
    { commands: '+set +del', keys: lanesOf(service).map(keys.reads) },
    { commands: scripts, keys: [keys.kept(service), ...records] },
    { commands: settled, keys: records },
    { commands: kept, keys: [keys.kept(service)] },
    { commands: '+publish', channels: [`${keys.inboxes()}*`] },
    { commands: fetched, keys: [`${keys.body(requestsOf(service))}*`] },
    { commands: '+set', keys: [`${keys.replies()}*`] },
  ];
}

/** Adds requests to another's queue and calls them off; reads, acknowledges and answers none. */
function called(callee: string, service: string, keys: KeyNames): Grant[] {
  const streams = lanesOf(callee).map(keys.stream);
  const presences = lanesOf(callee).map((queue) => keys.presence(queue, callee));
  const sent = `${keys.sent(requestsOf(callee), `${service}.`)}*`;
  const records = `${keys.request(callee, service)}*`;
  return [
    { commands: scripts, keys: [...streams, ...presences, sent, records] },
    { commands: asked, keys: [records] },
    { commands: '+xadd +xlen', keys: streams },
    { commands: '+zcount', keys: presences },
    { commands: '+get', keys: lanesOf(callee).map(keys.reads) },
    { commands: '+set', keys: [`${keys.body(requestsOf(callee), `${service}.`)}*`] },
    { commands: batches, keys: [sent] },
    { commands: '+publish', channels: [keys.broadcast(cancelChannel(callee))] },
  ];
}

const lanesOf = (service: string): Queue[] => [requestsOf(service, 'high'), requestsOf(service)];

/** Adds events to its own topic, and sees how far those are who read it; takes none. */
function published(topic: string, service: string, keys: KeyNames): Grant[] {
  const queue: Queue = { kind: 'events', name: topic };
  const stream = keys.stream(queue);
  const sent = `${keys.sent(queue, `${service}.`)}*`;
  const [last, bodies] = [keys.last(queue), keys.bodies(queue)];
  return [
    { commands: scripts, keys: [stream, sent, last, bodies] },
    { commands: '+zadd', keys: [bodies] },
    { commands: '+set +persist', keys: [`${keys.body(queue, `${service}.`)}*`] },
    {
      commands: '+exists +xadd +xlen +xtrim +xinfo|groups +xinfo|consumers +xpending +xrange',
      keys: [stream],
    },
    { commands: batches, keys: [sent, last] },
  ];
}

/** Keeps events of its own topics for later, and calls them off. */
function scheduled({ publishes, schedules = [] }: BusRights, service: string, keys: KeyNames) {
  const others = schedules.filter((topic) => !publishes.includes(topic));
  if (others.length > 0) {
    throw new Error(`'${service}' schedules '${others.join("', '")}' and does not publish it`);
  }
  return schedules.flatMap((topic): Grant[] => {
    const queue: Queue = { kind: 'events', name: topic };
    const [times, waiting] = [keys.due(queue), keys.waiting(queue)];
    return [
      { commands: scripts, keys: [times, waiting, `${keys.sent(queue, `${service}.`)}*`] },
      { commands: '+zadd +zcard +zrange +zrem +zscore', keys: [times] },
      { commands: '+hset +hdel', keys: [waiting] },
      { commands: '+publish', channels: [keys.dueChannel(topic)] },
    ];
  });
}

/** Sees whether events are due on a topic that it reads; adds those, where it is one for later. */
function due(topic: string, isScheduled: boolean, keys: KeyNames): Grant[] {
  const queue: Queue = { kind: 'events', name: topic };
  const [times, waiting] = [keys.due(queue), keys.waiting(queue)];
  const seen: Grant[] = [
    { commands: scripts, keys: [times, waiting] },
    { commands: '+zcard +zrange +zrangebyscore', keys: [times] },
    { commands: '+subscribe', channels: [keys.dueChannel(topic)] },
  ];
  if (!isScheduled) return seen;
  return [
    ...seen,
    { commands: '+zrem', keys: [times] },
    { commands: '+hget +hdel', keys: [waiting] },
    { commands: '+xadd', keys: [keys.stream(queue)] },
  ];
}

/**
 * Reads and acknowledges another's events, and clears away what every group has done; adds none.
 */
function subscribed(topic: string, service: string, keys: KeyNames): Grant[] {
  const queue: Queue = { kind: 'events', name: topic };
  return [
    ...consumed(queue, service, keys),
    { commands: `${group} +xtrim +xread +xinfo|stream`, keys: [keys.stream(queue)] },
    { commands: fetched, keys: [`${keys.body(queue)}*`] },
    { commands: '+exists +zrangebyscore +zrem', keys: [keys.bodies(queue)] },
  ];
}

function consumed(queue: Queue, service: string, keys: KeyNames): Grant[] {
  const stream = keys.stream(queue);
  const [presence, later] = [keys.presence(queue, service), keys.later(queue, service)];
  const notes = [keys.state, keys.said, keys.marks, keys.following].map((key) =>
    key(queue, service),
  );
  const dead = keys.deadLetters(queue);
  const apart = [keys.bodies(queue), `${keys.body(queue)}*`];
  return [
    { commands: scripts, keys: [stream, presence, later, ...notes, dead, ...apart] },
    { commands: '+xreadgroup', keys: [stream] },
    { commands: sets, keys: [presence, later] },
    { commands: hashes, keys: notes },
    { commands: '+xadd', keys: [dead] },
    { commands: '+xlen', keys: [stream, dead] },
    { commands: '+publish', channels: [keys.work(service)] },
    { commands: '+subscribe', channels: [keys.work(service)] },
  ];
}

function rules(grants: readonly Grant[]): string[] {
  return ['resetkeys', 'resetchannels', '-@all', ...connection.split(' '), ...selectors(grants)];
}

/** One for the same commands: XREADGROUP, SUBSCRIBE and scripts name several keys at once. */
function selectors(grants: readonly Grant[]): string[] {
  const patterns = new Map<string, Set<string>>();
  for (const { commands, keys = [], channels = [] } of grants) {
    const found = patterns.get(commands) ?? new Set();
    for (const key of keys) found.add(`~${plainPattern(key)}`);
    for (const channel of channels) found.add(`&${plainPattern(channel)}`);
    patterns.set(commands, found);
  }
  return [...patterns].flatMap(([commands, found]) =>
    found.size === 0 ? [] : [`(resetchannels -@all ${commands} ${[...found].join(' ')})`],
  );
}

/** A name with a wildcard in it would open more than it says; only a last `*` is one of ours. */
function plainPattern(pattern: string): string {
  if (/^[\w.:{}%-]+\*?$/.test(pattern)) return pattern;
  throw new Error(
    `'${pattern}' cannot stand in an access list: rename the service, topic or prefix`,
  );
}
