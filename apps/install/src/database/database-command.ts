import { optionsOf, secondsIn, type Command } from '../command.js';
import { readPlan } from '../plan/read-plan.js';
import { givenAccess, provisioned, reached } from './access.js';

const help = `Usage: install database --plan FILE [--passwords DIRECTORY] [--wait SECONDS]

Waits for PostgreSQL and gives each service of a plan that keeps data its role and its schema. What is
there stays; passwords become the given ones.

  --plan FILE             JSON, as the chart writes it
  --passwords DIRECTORY   a file for each password: POSTGRES_PASSWORD_USERS and so on, and
                          POSTGRES_PASSWORD of the superuser postgres (default: /etc/courtside/database)
  --wait SECONDS          how long PostgreSQL may take to come up (default: 120)

ADMIN_DATABASE_URL, or a file named by ADMIN_DATABASE_URL_FILE, is used instead of the superuser: an
account that may make roles, and the database they are for.`;

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
    const access = givenAccess(plan, options.passwords, environment);
    await reached(access, deadlineMs, output);
    await provisioned(access);
    output.say(`roles and schemas: ${access.owners.map(({ name }) => name).join(', ')}`);
  },
};
