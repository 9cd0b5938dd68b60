import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLogin } from '../secrets/addresses.js';

/** Who may see and remove every key and manage users, as the access list of the bundled Redis names it. */
const ADMINISTRATOR = { user: 'admin', key: 'REDIS_PASSWORD_ADMIN' };

/**
 * The address of the bus with its administrator's login.
 * @throws Error of the file that should hold the password.
 */
export function administratorUrl(url: string, passwords: string): string {
  const password = readFileSync(join(passwords, ADMINISTRATOR.key), 'utf8').trim();
  return withLogin(url, { user: ADMINISTRATOR.user, password });
}
