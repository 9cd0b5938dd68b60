import { emptyBus, TransportError } from '@courtside/transport';
import { Failed, Misused } from '../command.js';
import type { Plan } from '../plan/plan.js';
import { administratorUrl } from './administrator.js';

/**
 * Empties the bus, so that nobody hears of what happened after the backup. Outboxes publish again what
 * their backup says is not confirmed.
 * @returns what was done, in a sentence.
 */
export async function busEmptied(
  { bus }: Plan,
  passwords: string,
  isDone: boolean,
): Promise<string> {
  if (isDone) return 'the bus was emptied by somebody else';
  let url: string;
  try {
    url = administratorUrl(bus.url, passwords);
  } catch (error) {
    throw new Misused(
      `the bus has to be emptied, and there is no password of its administrator (${(error as Error).message}): ` +
        `remove its keys ${bus.prefix}:* yourself, then RESTORE_BUS_EMPTIED=true`,
    );
  }
  try {
    return `the bus is empty: ${await emptyBus({ url, prefix: bus.prefix })} keys removed`;
  } catch (error) {
    if (error instanceof TransportError) throw new Failed(error.message, { cause: error });
    throw error;
  }
}
