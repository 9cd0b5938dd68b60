import type { Cluster, Redis } from 'ioredis';
import { Script } from './script.js';
import { scripts } from './script-table.js';

type Arguments = (string | number)[];

/** Fields of an entry as Redis answers them: name, value, name, value. */
export type RawFields = string[];

/** An entry to run that was handed out before; `done` names handlers, one a line. */
export type FoundEntry = [
  id: string,
  fields: RawFields,
  attempt: number,
  done: string,
  takenFrom?: string,
];

/**
 * What `nxTend` answers: when to look again, how many wait for others, and entries; or how far a group was
 * that is gone.
 */
export type TendAnswer =
  | [kind: 'ok', nextDeathMs: number, waiting: number, ...entries: FoundEntry[]]
  | [kind: 'lost', last: string, open: string];

/** How many wait, are unfinished, when the oldest was added (0: none), dead letters, scheduled. */
export type BacklogAnswer = [
  waiting: number,
  unfinished: number,
  oldestAt: number,
  deadLetters: number,
  scheduled: number,
];

/** How far the reader is, how many events were ever added by then, whether some are gone, and events. */
export type FollowAnswer = [
  last: string,
  added: number,
  isGone: 0 | 1,
  entries: [id: string, fields: RawFields][],
];

export type RedriveAnswer = 'moved' | 'gone' | 'no-group';

/** The protocol's scripts as commands of a connection. */
export interface TransportCommands {
  nxEnqueue(...keysAndArguments: Arguments): Promise<number>;
  /** Takes the number of keys first. */
  nxAsk(...numberKeysAndArguments: Arguments): Promise<string[]>;
  nxEmit(...keysAndArguments: Arguments): Promise<number>;
  nxEmitFull(...keysAndArguments: Arguments): Promise<number>;
  nxTend(...keysAndArguments: Arguments): Promise<TendAnswer>;
  nxRebuild(...keysAndArguments: Arguments): Promise<0 | 1>;
  nxRecover(...keysAndArguments: Arguments): Promise<FoundEntry[]>;
  nxMark(...keysAndArguments: Arguments): Promise<number>;
  nxFinish(...keysAndArguments: Arguments): Promise<number>;
  nxFinishFull(...keysAndArguments: Arguments): Promise<[acknowledged: number, ...FoundEntry[]]>;
  /** Each of the entries that were asked for may run (1) or waits (0). */
  nxOrder(...keysAndArguments: Arguments): Promise<[waiting: number, ...mayRun: (0 | 1)[]]>;
  nxOrderSweep(...keysAndArguments: Arguments): Promise<FoundEntry[]>;
  nxHandBack(...keysAndArguments: Arguments): Promise<number>;
  nxSchedule(...keysAndArguments: Arguments): Promise<number>;
  nxUnschedule(...keysAndArguments: Arguments): Promise<0 | 1>;
  nxFollow(...keysAndArguments: Arguments): Promise<FollowAnswer>;
  /** In how many ms the next event is due, and the next entry of the group; -1: there is none. */
  nxDue(...keysAndArguments: Arguments): Promise<[eventsMs: number, retriesMs: number]>;
  nxFinished(...keysAndArguments: Arguments): Promise<number>;
  nxFormat(stream: string): Promise<1 | 2 | 3>;
  nxLeave(...keysAndArguments: Arguments): Promise<number>;
  /** Takes the number of keys first. */
  nxSettle(...numberKeysAndArguments: Arguments): Promise<[acknowledged: number, ...string[]]>;
  nxRedrive(...keysAndArguments: Arguments): Promise<RedriveAnswer[]>;
  nxPublish(...keysAndArguments: Arguments): Promise<number>;
  /** Takes the number of keys first. */
  nxBacklog(...numberKeysAndArguments: Arguments): Promise<BacklogAnswer>;
}

export const scriptNames = Object.keys(scripts) as (keyof TransportCommands)[];

type Range = (
  key: string,
  from: string,
  to: string,
  count: 'COUNT',
  most: number,
) => Promise<[id: string, fields: RawFields][]>;

/** What the driver asks of a server, or of several that work as one. */
export interface CommandConnection extends TransportCommands {
  readonly status: string;
  publish(channel: string, text: string): Promise<number>;
  setnx(key: string, value: string): Promise<number>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string, px: 'PX', ms: number, nx: 'NX'): Promise<unknown>;
  unlink(...keys: string[]): Promise<number>;
  readonly xrange: Range;
  readonly xrevrange: Range;
}

const known = scriptNames.map((name) => [name, new Script(scripts[name])] as const);

/** Adds the scripts. */
export function withCommands<Connection extends Redis | Cluster>(
  redis: Connection,
): Connection & TransportCommands {
  const run =
    (script: Script) =>
    (...all: Arguments) =>
      script.run(redis, all);
  const commands = known.map(([name, script]) => [name, run(script)]);
  return Object.assign(redis, Object.fromEntries(commands) as unknown as TransportCommands);
}
