import { writeFileSync } from 'node:fs';
import { optionsOf, wholeIn, type Command } from '../command.js';
import { backupsIn, keep, removeBackup } from './backup-store.js';
import { describeDump, dumpIn, manifestIn } from './dump.js';
import { summaryOf } from './manifest.js';
import { openStore, storeHelp } from './open-store.js';
import { abandoned, overdue } from './retention.js';

const help = `Usage: install backup [--work DIRECTORY] [--days NUMBER]

Keeps what dump-postgres has dumped, as a backup with a name like 20261128T020000Z, and removes backups
that have had their time. A backup is there once its manifest is, which comes last: after the dump was
read back and compared.

  --work DIRECTORY   what was dumped (default: /work)
  --days NUMBER      how many days keep their newest backup (default: 7); those of the last 24 hours stay

${storeHelp}`;

export const backupCommand: Command = {
  does: 'keeps a dump of the database, and removes old ones',
  help,
  async run(args, { environment, output }) {
    const options = optionsOf(args, { work: { fallback: '/work' }, days: { fallback: '7' } });
    const days = wholeIn('days', options.days);
    const store = await openStore(environment);
    try {
      const manifest = await describeDump(options.work, new Date());
      writeFileSync(manifestIn(options.work), `${JSON.stringify(manifest, undefined, 2)}\n`);
      const files = { dump: dumpIn(options.work), manifest: manifestIn(options.work) };
      await keep(store, manifest, files);
      output.say(`${manifest.name}: kept in ${store.where}, ${summaryOf(manifest)}`);
      const parts = await store.parts();
      const names = backupsIn(parts);
      const gone = overdue(names, days, Date.now());
      for (const name of gone) await removeBackup(store, name);
      const left = abandoned(parts, names, Date.now());
      for (const part of left) await store.remove(part);
      const removed = [...gone, ...left];
      output.say(`removed: ${removed.join(', ') || 'none'}`);
      output.say(`kept: ${names.filter((name) => !gone.includes(name)).join(', ')}`);
    } finally {
      store.close();
    }
  },
};
