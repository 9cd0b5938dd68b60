import { createWriteStream, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { flag } from '@courtside/service';
import { z } from 'zod';
import { DUMP, backupsIn, readManifest, type BackupStore } from '../backup/backup-store.js';
import { dumpIn, manifestIn, preludeIn, readDumped } from '../backup/dump.js';
import { summaryOf, type Manifest } from '../backup/manifest.js';
import { openStore, storeHelp } from '../backup/open-store.js';
import { Failed, Misused, optionsOf, secondsIn, settingsIn, type Command } from '../command.js';
import { givenAccess, provisioned, reached } from '../database/access.js';
import { readPlan } from '../plan/read-plan.js';
import { busEmptied } from '../bus/emptied.js';
import { demandTarget, preludeFor, stopping } from './target.js';

const help = `Usage: install restore --plan FILE [--passwords DIRECTORY] [--work DIRECTORY] [--wait SECONDS]

The first of three steps that put a backup back: fetches it, compares its sum, looks whether it may be
restored into the database of the plan, makes the roles that are missing, and empties the bus, which
would tell of what happened after the backup. Then restore-postgres restores it, all or nothing, and
install restored compares the counts. Nothing may run meanwhile that uses the database.

  --plan FILE             JSON, as the chart writes it
  --passwords DIRECTORY   as for install database, and REDIS_PASSWORD_ADMIN (default: /etc/courtside/passwords)
  --work DIRECTORY        where the backup is put (default: /work)
  --wait SECONDS          how long PostgreSQL may take to come up (default: 120)

RESTORE_BACKUP        which one, such as 20261128T020000Z (default: latest)
RESTORE_REPLACE       true: what is in the database goes; else it has to be without tables
RESTORE_BUS_EMPTIED   true: somebody has emptied the bus, for which the plan has no password

${storeHelp}`;

const settings = z.object({
  RESTORE_BACKUP: z.string().default('latest'),
  RESTORE_REPLACE: flag(false),
  RESTORE_BUS_EMPTIED: flag(false),
});

export const restoreCommand: Command = {
  does: 'fetches a backup, and looks whether it may be restored here',
  help,
  async run(args, { environment, output }) {
    const options = optionsOf(args, {
      plan: {},
      passwords: { fallback: '/etc/courtside/passwords' },
      work: { fallback: '/work' },
      wait: { fallback: '120' },
    });
    const deadlineMs = secondsIn('wait', options.wait);
    const wanted = settingsIn(environment, settings);
    const plan = readPlan(options.plan);
    const access = givenAccess(plan, options.passwords, environment);
    const store = await openStore(environment);
    try {
      const manifest = await chosen(store, wanted.RESTORE_BACKUP);
      output.say(`${manifest.name} of ${store.where}: ${summaryOf(manifest)}`);
      await reached(access, deadlineMs, output);
      const stop = stopping(plan);
      await demandTarget(access, manifest, { mayReplace: wanted.RESTORE_REPLACE, stop });
      await fetched(store, manifest, options.work);
      await provisioned(access);
      writeFileSync(preludeIn(options.work), preludeFor(access, manifest));
      const told = await busEmptied(plan, options.passwords, wanted.RESTORE_BUS_EMPTIED);
      output.say(told);
    } finally {
      store.close();
    }
  },
};

/** @throws Misused when there is no such backup, naming those that there are. */
async function chosen(store: BackupStore, wanted: string): Promise<Manifest> {
  const names = backupsIn(await store.parts());
  const [newest] = names;
  if (newest === undefined) throw new Failed(`there is no backup in ${store.where}`);
  const name = wanted === 'latest' ? newest : wanted;
  if (!names.includes(name)) {
    throw new Misused(`there is no backup ${wanted} in ${store.where}: ${names.join(', ')}`);
  }
  return readManifest(store, name);
}

/** Puts a backup into the work folder. @throws Failed when it is not what was kept once. */
async function fetched(store: BackupStore, manifest: Manifest, work: string): Promise<void> {
  const bytes = await store.read(`${manifest.name}/${DUMP}`);
  await pipeline(bytes, createWriteStream(dumpIn(work)));
  const { sha256 } = await readDumped(work);
  if (sha256 !== manifest.dump.sha256) {
    throw new Failed(`${manifest.name} is broken: its bytes are others than those that were kept`);
  }
  writeFileSync(manifestIn(work), JSON.stringify(manifest));
}
