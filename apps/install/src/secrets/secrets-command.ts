import { Failed, optionsOf, type Command } from '../command.js';
import type { Plan } from '../plan/plan.js';
import { readPlan } from '../plan/read-plan.js';
import { clusterSecrets } from './cluster-secrets.js';
import { completeSecrets, type Completion } from './complete-secrets.js';
import { folderSecrets } from './folder-secrets.js';
import type { SecretStore } from './secret-store.js';

const TELL = '--tell-password';

const help = `Usage: install secrets --plan FILE [--folder DIRECTORY] [${TELL}]

Makes the Secrets of a plan that are missing, and the keys that are missing in them: keys of services
and tokens, passwords of stores, addresses. What is there is never replaced or removed, so it may run
at any time and beside itself. Public keys are completed, and the addresses it made itself follow the
plan.

  --plan FILE          JSON, as the chart writes it
  --folder DIRECTORY   where there is no cluster: a folder for each Secret with a file for each key
  ${TELL}      says the password of the first administrator, in the run that makes it

Without --folder KUBECONFIG names another cluster than the one it runs in. Needs get and patch on the Secrets by name, and create. Ends with 1 when a key is missing that the
operator has to provide, and names each.`;

export const secretsCommand: Command = {
  does: 'makes the Secrets and keys that are missing',
  help,
  async run(args, { environment, output }) {
    const isTold = args.includes(TELL);
    const valued = args.filter((argument) => argument !== TELL);
    const { plan: file, folder } = optionsOf(valued, { plan: {}, folder: { fallback: '' } });
    const plan = readPlan(file);
    const store =
      folder === '' ? await clusterSecrets(plan.namespace, environment) : folderSecrets(folder);
    const completion = await completeSecrets(plan, store);
    for (const [secret, keys] of completion.added) {
      output.say(`${secret}: ${keys.length === 0 ? 'unchanged' : `made ${keys.join(', ')}`}`);
    }
    const told = isTold ? await firstAdmin(plan, store, completion) : undefined;
    if (told !== undefined) output.say(told);
    if (completion.faults.length > 0) throw new Failed(completion.faults.join('\n'));
  },
};

/** Told once: later runs did not make the password, and do not know whether it is still the one. */
async function firstAdmin(
  { firstAdmin: admin }: Plan,
  store: SecretStore,
  { added }: Completion,
): Promise<string | undefined> {
  if (!admin || !added.get(admin.secret)?.includes('password')) return undefined;
  const { username, password } = (await store.read(admin.secret))?.data ?? {};
  return `\nThe first administrator, told this once:\n  user name  ${username}\n  password   ${password}\n`;
}
