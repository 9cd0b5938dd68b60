import { withLogin } from '../secrets/addresses.js';
import { passwordIn } from '../secrets/password-folder.js';

/** Who may see and remove every key and manage users, as the access list of the bundled Redis names it. */
const ADMINISTRATOR = { user: 'admin', key: 'REDIS_PASSWORD_ADMIN' };

/**
 * The address of the bus with its administrator's login.
 * @throws Error of the file that should hold the password.
 */
export function administratorUrl(url: string, passwords: string): string {
  const { user, key } = ADMINISTRATOR;
  return withLogin(url, { user, password: passwordIn(passwords, key) });
}
