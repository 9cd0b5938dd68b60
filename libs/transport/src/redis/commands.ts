import type { Redis } from 'ioredis';
import { emit2 } from './scripts/emit-2.lua.js';
import { enqueue3 } from './scripts/enqueue-3.lua.js';
import { finish3 } from './scripts/finish-3.lua.js';
import { leave2 } from './scripts/leave-2.lua.js';
import { recover2 } from './scripts/recover-2.lua.js';
import { tend3 } from './scripts/tend-3.lua.js';

type Arguments = (string | number)[];

/** Fields of an entry as Redis answers them: name, value, name, value. */
export type RawFields = string[];

/** The protocol's scripts as commands of a connection. */
export interface TransportCommands {
  nxEnqueue(...keysAndArguments: Arguments): Promise<number>;
  nxEmit(...keysAndArguments: Arguments): Promise<number>;
  nxTend(...keysAndArguments: Arguments): Promise<[id: string, RawFields, attempt: number][]>;
  nxRecover(...keysAndArguments: Arguments): Promise<[id: string, RawFields, attempt: number][]>;
  nxFinish(...keysAndArguments: Arguments): Promise<[acknowledged: number, ...refused: string[]]>;
  nxLeave(...keysAndArguments: Arguments): Promise<number>;
}

/** Adds the scripts; ioredis sends the text again to a server that has forgotten them. */
export function withCommands(redis: Redis): Redis & TransportCommands {
  redis.defineCommand('nxEnqueue', { numberOfKeys: 3, lua: enqueue3 });
  redis.defineCommand('nxEmit', { numberOfKeys: 2, lua: emit2 });
  redis.defineCommand('nxTend', { numberOfKeys: 3, lua: tend3 });
  redis.defineCommand('nxRecover', { numberOfKeys: 2, lua: recover2 });
  redis.defineCommand('nxFinish', { numberOfKeys: 3, lua: finish3 });
  redis.defineCommand('nxLeave', { numberOfKeys: 2, lua: leave2 });
  return redis as Redis & TransportCommands;
}
