import { provision, reachDatabase, type DatabaseOwner } from '@courtside/database';
import { secret, type Environment, type Output } from '@courtside/service';
import { z } from 'zod';
import { Failed, settingsIn, telling } from '../command.js';
import { databaseServices, rolePasswordKey, SUPERUSER_KEY, type Plan } from '../plan/plan.js';
import { withLogin } from '../secrets/addresses.js';
import { passwordIn } from '../secrets/password-folder.js';

const settings = z.object({
  ADMIN_DATABASE_URL: secret(
    z
      .string()
      .regex(/^postgres(ql)?:\/\//, 'must start with postgres://')
      .optional(),
    'an account that may make roles',
  ),
});

const SUPERUSER = 'postgres';
const INSUFFICIENT_PRIVILEGE = '42501';

/** How the installation gets into the database, and whose roles and schemas are in it. */
interface Access {
  readonly url: string;
  readonly owners: readonly DatabaseOwner[];
}

/** @throws Failed naming every password that is missing. */
export function givenAccess(plan: Plan, directory: string, environment: Environment): Access {
  const missing: string[] = [];
  const password = (key: string): string => {
    try {
      return passwordIn(directory, key);
    } catch (error) {
      missing.push(`there is no password ${key}: ${(error as Error).message}`);
      return '';
    }
  };
  const owners = databaseServices(plan).map((name) => ({
    name,
    password: password(rolePasswordKey(name)),
  }));
  const url =
    settingsIn(environment, settings).ADMIN_DATABASE_URL ??
    withLogin(plan.database.url, { user: SUPERUSER, password: password(SUPERUSER_KEY) });
  if (missing.length > 0) throw new Failed(missing.join('\n'));
  return { url, owners };
}

/** Waits for the database to be there, for so long at most. */
export const reached = ({ url }: Access, deadlineMs: number, output: Output): Promise<void> =>
  reachDatabase(
    { url, owner: 'the installation', deadlineMs, tell: telling(output) },
    async (client) => void (await client.query('SELECT 1')),
  );

/** Makes the roles and schemas that are missing. @throws Failed with what helps. */
export async function provisioned({ url, owners }: Access): Promise<void> {
  try {
    await provision(url, owners);
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    const remedy =
      code === INSUFFICIENT_PRIVILEGE ? ': give the address of an account that may make roles' : '';
    throw new Failed(`the roles and schemas could not be made: ${message}${remedy}`, {
      cause: error,
    });
  }
}
