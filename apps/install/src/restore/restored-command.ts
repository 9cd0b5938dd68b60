import { readFileSync } from 'node:fs';
import { countRows } from '@courtside/database';
import { manifestIn } from '../backup/dump.js';
import { Manifest, summaryOf } from '../backup/manifest.js';
import { Failed, optionsOf, type Command } from '../command.js';
import { givenAccess, provisioned } from '../database/access.js';
import { readPlan } from '../plan/read-plan.js';

const help = `Usage: install restored --plan FILE [--passwords DIRECTORY] [--work DIRECTORY]

The last of three steps that put a backup back: makes the schemas that the backup does not know yet, and
compares the rows of every table with what the backup has. Apps may start then; those that are of a later
release than the backup migrate first (helm upgrade does that).

  --plan FILE             JSON, as the chart writes it
  --passwords DIRECTORY   as for install database (default: /etc/courtside/passwords)
  --work DIRECTORY        where the backup was put (default: /work)`;

export const restoredCommand: Command = {
  does: 'compares what was restored with its backup',
  help,
  async run(args, { environment, output }) {
    const options = optionsOf(args, {
      plan: {},
      passwords: { fallback: '/etc/courtside/passwords' },
      work: { fallback: '/work' },
    });
    const plan = readPlan(options.plan);
    const access = givenAccess(plan, options.passwords, environment);
    const manifest = manifestOf(options.work);
    const counts = await countRows(access.url, Object.keys(manifest.tables));
    const faults = Object.entries(manifest.tables)
      .filter(([table, rows]) => counts[table] !== rows)
      .map(([table, rows]) => `${table}: ${counts[table] ?? 'is not there, not'} of ${rows} rows`);
    if (faults.length > 0) {
      throw new Failed(`what is there is not ${manifest.name}:\n${faults.join('\n')}`);
    }
    await provisioned(access);
    output.say(`restored: ${manifest.name}, ${summaryOf(manifest)}`);
  },
};

function manifestOf(work: string): Manifest {
  try {
    return Manifest.parse(JSON.parse(readFileSync(manifestIn(work), 'utf8')));
  } catch (error) {
    throw new Failed(`nothing was fetched into ${work}: ${(error as Error).message}`);
  }
}
