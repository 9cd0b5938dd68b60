import { optionsOf, type Command } from '../command.js';
import { backupsIn, readManifest } from './backup-store.js';
import { summaryOf } from './manifest.js';
import { openStore, storeHelp } from './open-store.js';

const help = `Usage: install backups

Lists the backups that are kept, the newest first, a line each. Ends with 1 when the place cannot be
reached where they are kept.

${storeHelp}`;

export const backupsCommand: Command = {
  does: 'lists the backups that are kept',
  help,
  async run(args, { environment, output }) {
    optionsOf(args, {});
    const store = await openStore(environment);
    try {
      const names = backupsIn(await store.parts());
      output.say(`${names.length} backups in ${store.where}`);
      for (const name of names) {
        output.say(`${name}: ${summaryOf(await readManifest(store, name))}`);
      }
    } finally {
      store.close();
    }
  },
};
