import type { Cluster, Redis } from 'ioredis';
import { ask1 } from './scripts/ask-1.lua.js';
import { backlog1 } from './scripts/backlog-1.lua.js';
import { emit3 } from './scripts/emit-3.lua.js';
import { enqueue3 } from './scripts/enqueue-3.lua.js';
import { finish4 } from './scripts/finish-4.lua.js';
import { finished1 } from './scripts/finished-1.lua.js';
import { handBack1 } from './scripts/hand-back-1.lua.js';
import { leave3 } from './scripts/leave-3.lua.js';
import { mark2 } from './scripts/mark-2.lua.js';
import { publish1 } from './scripts/publish-1.lua.js';
import { rebuild4 } from './scripts/rebuild-4.lua.js';
import { recover3 } from './scripts/recover-3.lua.js';
import { redrive2 } from './scripts/redrive-2.lua.js';
import { settle1 } from './scripts/settle-1.lua.js';
import { tend5 } from './scripts/tend-5.lua.js';

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

/** What `nxTend` answers: entries, or how far a group was that is gone. */
export type TendAnswer =
  [kind: 'ok', ...entries: FoundEntry[]] | [kind: 'lost', last: string, open: string];

/** How many wait, are unfinished, when the oldest was added (0: none), how many dead letters. */
export type BacklogAnswer = [
  waiting: number,
  unfinished: number,
  oldestAt: number,
  deadLetters: number,
];

export type RedriveAnswer = 'moved' | 'gone' | 'no-group';

/** The protocol's scripts as commands of a connection. */
export interface TransportCommands {
  nxEnqueue(...keysAndArguments: Arguments): Promise<number>;
  /** Takes the number of keys first. */
  nxAsk(...numberKeysAndArguments: Arguments): Promise<string[]>;
  nxEmit(...keysAndArguments: Arguments): Promise<number>;
  nxTend(...keysAndArguments: Arguments): Promise<TendAnswer>;
  nxRebuild(...keysAndArguments: Arguments): Promise<0 | 1>;
  nxRecover(...keysAndArguments: Arguments): Promise<FoundEntry[]>;
  nxMark(...keysAndArguments: Arguments): Promise<number>;
  nxFinish(...keysAndArguments: Arguments): Promise<[acknowledged: number, ...refused: string[]]>;
  nxHandBack(...keysAndArguments: Arguments): Promise<number>;
  nxFinished(...keysAndArguments: Arguments): Promise<number>;
  nxLeave(...keysAndArguments: Arguments): Promise<number>;
  /** Takes the number of keys first. */
  nxSettle(...numberKeysAndArguments: Arguments): Promise<[acknowledged: number, ...string[]]>;
  nxRedrive(...keysAndArguments: Arguments): Promise<RedriveAnswer[]>;
  nxPublish(...keysAndArguments: Arguments): Promise<number>;
  nxBacklog(...keysAndArguments: Arguments): Promise<BacklogAnswer>;
}

const scripts: Record<keyof TransportCommands, { numberOfKeys?: number; lua: string }> = {
  nxEnqueue: { numberOfKeys: 3, lua: enqueue3 },
  nxAsk: { lua: ask1 },
  nxEmit: { numberOfKeys: 3, lua: emit3 },
  nxTend: { numberOfKeys: 5, lua: tend5 },
  nxRebuild: { numberOfKeys: 4, lua: rebuild4 },
  nxRecover: { numberOfKeys: 3, lua: recover3 },
  nxMark: { numberOfKeys: 2, lua: mark2 },
  nxFinish: { numberOfKeys: 4, lua: finish4 },
  nxFinished: { numberOfKeys: 1, lua: finished1 },
  nxHandBack: { numberOfKeys: 1, lua: handBack1 },
  nxSettle: { lua: settle1 },
  nxLeave: { numberOfKeys: 3, lua: leave3 },
  nxRedrive: { numberOfKeys: 2, lua: redrive2 },
  nxPublish: { numberOfKeys: 1, lua: publish1 },
  nxBacklog: { numberOfKeys: 2, lua: backlog1 },
};
export const scriptNames = Object.keys(scripts) as (keyof TransportCommands)[];

/** What the driver asks of a server, or of several that work as one. */
export interface CommandConnection extends TransportCommands {
  readonly status: string;
  publish(channel: string, text: string): Promise<number>;
  setnx(key: string, value: string): Promise<number>;
  get(key: string): Promise<string | null>;
  xrange(
    key: string,
    from: string,
    to: string,
    count: 'COUNT',
    most: number,
  ): Promise<[id: string, fields: string[]][]>;
  xrevrange(
    key: string,
    from: string,
    to: string,
    count: 'COUNT',
    most: number,
  ): Promise<[id: string, fields: string[]][]>;
}

/** Adds the scripts; ioredis sends the text again to a server that has forgotten them. */
export function withCommands<Connection extends Redis | Cluster>(
  redis: Connection,
): Connection & TransportCommands {
  for (const name of scriptNames) redis.defineCommand(name, scripts[name]);
  return redis as Connection & TransportCommands;
}
