import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provision, reachDatabase, type DatabaseOwner } from '@courtside/database';
import { ConfigError, loadConfig, secret, type Environment } from '@courtside/service';
import { z } from 'zod';
import { Failed, Misused, optionsOf, secondsIn, telling, type Command } from '../command.js';
import { databaseServices, rolePasswordKey, SUPERUSER_KEY, type Plan } from '../plan/plan.js';
import { readPlan } from '../plan/read-plan.js';
import { withLogin } from '../secrets/addresses.js';

const help = `Usage: install database --plan FILE [--passwords DIRECTORY] [--wait SECONDS]

Waits for PostgreSQL and gives each service of a plan that keeps data its role and its schema. What is
there stays; passwords become the given ones.

  --plan FILE             JSON, as the chart writes it
  --passwords DIRECTORY   a file for each password: POSTGRES_PASSWORD_USERS and so on, and
                          POSTGRES_PASSWORD of the superuser postgres (default: /etc/courtside/database)
  --wait SECONDS          how long PostgreSQL may take to come up (default: 120)

ADMIN_DATABASE_URL, or a file named by ADMIN_DATABASE_URL_FILE, is used instead of the superuser: an
account that may make roles, and the database they are for.`;

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

export const databaseCommand: Command = {
  does: 'gives each service its role and its schema',
  help,
  async run(args, { environment, output }) {
    const options = optionsOf(args, {
      plan: {},
      passwords: { fallback: '/etc/courtside/database' },
      wait: { fallback: '120' },
    });
    const deadlineMs = secondsIn('wait', options.wait);
    const plan = readPlan(options.plan);
    const { owners, url } = given(plan, options.passwords, environment);
    const sought = { url, owner: 'the installation', deadlineMs, tell: telling(output) };
    await reachDatabase(sought, async (client) => void (await client.query('SELECT 1')));
    await provisioned(url, owners);
    output.say(`roles and schemas: ${owners.map(({ name }) => name).join(', ')}`);
  },
};

interface Given {
  readonly url: string;
  readonly owners: readonly DatabaseOwner[];
}

/** @throws Failed naming every password that is missing. */
function given(plan: Plan, directory: string, environment: Environment): Given {
  const missing: string[] = [];
  const password = (key: string): string => {
    try {
      return readFileSync(join(directory, key), 'utf8').trim();
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
    administrator(environment) ??
    withLogin(plan.database.url, { user: SUPERUSER, password: password(SUPERUSER_KEY) });
  if (missing.length > 0) throw new Failed(missing.join('\n'));
  return { url, owners };
}

function administrator(environment: Environment): string | undefined {
  try {
    return loadConfig('install', settings, environment).ADMIN_DATABASE_URL;
  } catch (error) {
    if (error instanceof ConfigError) throw new Misused(error.message);
    throw error;
  }
}

async function provisioned(url: string, owners: readonly DatabaseOwner[]): Promise<void> {
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
