import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emptyBus, TransportError } from '@courtside/transport';
import { Failed, Misused } from '../command.js';
import type { Plan } from '../plan/plan.js';
import { withLogin } from '../secrets/addresses.js';

/** Who may see and remove every key, as the access list of the bundled Redis names it. */
const ADMINISTRATOR = { user: 'admin', key: 'REDIS_PASSWORD_ADMIN' };

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
  const file = join(passwords, ADMINISTRATOR.key);
  let password: string;
  try {
    password = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Misused(
      `the bus has to be emptied, and there is no ${file} (${(error as Error).message}): ` +
        `remove its keys ${bus.prefix}:* yourself, then RESTORE_BUS_EMPTIED=true`,
    );
  }
  try {
    const url = withLogin(bus.url, { user: ADMINISTRATOR.user, password });
    return `the bus is empty: ${await emptyBus({ url, prefix: bus.prefix })} keys removed`;
  } catch (error) {
    if (error instanceof TransportError) throw new Failed(error.message, { cause: error });
    throw error;
  }
}
