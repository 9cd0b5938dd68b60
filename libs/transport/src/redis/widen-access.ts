import { bothAccessLists, parseAccessList } from './access-list-file.js';
import { administering } from './administering.js';

/** Whose users get what a new access list adds. */
export interface WidenAccessOptions {
  /** One server, by a user that may manage users. */
  readonly url: string;
  /** The file of users that the server was started with. */
  readonly installed: string;
  /** The one that it will be started with from now on. */
  readonly next: string;
  /** The password that stands as `>${NAME}` in a file. */
  readonly passwordOf: (name: string) => string;
  /** How long the server may take to answer, milliseconds. Default: 5,000. */
  readonly connectMs?: number;
}

/**
 * Gives the users of a running server what a new access list adds, and leaves them what the installed one
 * gave: processes of two releases run side by side until the newer ones have taken over. What the older
 * one alone gave ends when the server starts with the new file, or with the next call. Who is connected
 * stays so. Lists that say the same are not even asked about.
 * @returns the users that were changed.
 * @throws TransportError `DISCONNECTED` when the server does not answer, `DENIED` when it refuses a rule
 *   or does not let the user of `url` manage users; Error for a file that is no access list.
 */
export async function widenAccess(options: WidenAccessOptions): Promise<string[]> {
  const { url, installed, next, passwordOf, connectMs = 5_000 } = options;
  const changed = bothAccessLists(parseAccessList(installed), parseAccessList(next));
  if (changed.size === 0) return [];
  const withPassword = (rule: string): string =>
    rule.replace(/^>\$\{(\w+)\}$/, (_, name: string) => `>${passwordOf(name)}`);
  // All of them before anything is set: a password that is missing changes nobody.
  const users = [...changed].map(
    ([name, rules]) => [name, ['reset', ...rules.map(withPassword)]] as const,
  );
  const address = { kind: 'server', url, client: {} } as const;
  const refused = 'the users of the bus stay as they are';
  await administering({ address, connectMs, refused }, async (redis) => {
    for (const [name, rules] of users) await redis.call('ACL', 'SETUSER', name, ...rules);
  });
  return [...changed.keys()];
}
