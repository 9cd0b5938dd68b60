import type { KeyNames } from '../broker/key-names.js';
import type { ConsumerSpec } from '../broker/port.js';
import type { Queue } from '../broker/queue.js';
import type { CommandConnection } from './commands.js';
import type { Denials } from './denials.js';
import type { FetchedBodies } from './fetched-bodies.js';
import type { Holdings } from './holdings.js';
import type { ReplySender } from './reply-sender.js';

/** What one member of a group works on each of its queues with. */
export interface GroupQueueParts {
  readonly spec: ConsumerSpec;
  readonly keys: KeyNames;
  readonly commands: CommandConnection;
  readonly denials: Denials;
  readonly holdings: Holdings;
  readonly bodies: FetchedBodies;
  readonly replies: ReplySender;
}

/** What it takes to add what is due. */
export type DueParts = Pick<GroupQueueParts, 'keys' | 'commands' | 'denials'> & {
  readonly spec: Pick<ConsumerSpec, 'group' | 'onWork'>;
};

/** How people speak of a queue. */
export function named({ kind, name, lane }: Queue): string {
  if (lane === 'high') return `the urgent requests to '${name}'`;
  return kind === 'events' ? `the events of '${name}'` : `the requests to '${name}'`;
}
