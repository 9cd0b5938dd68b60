import { Failed, optionsOf, type Command } from '../command.js';
import { readPlan } from '../plan/read-plan.js';
import { completeSecrets } from './complete-secrets.js';
import { clusterSecrets } from './secret-store.js';

const help = `Usage: install secrets --plan FILE

Makes the Secrets of a plan that are missing, and the keys that are missing in them: keys of services
and tokens, passwords of stores, addresses. What is there is never replaced or removed, so it may run
at any time and beside itself. Public keys are completed, and the addresses it made itself follow the
plan.

  --plan FILE   JSON, as the chart writes it

KUBECONFIG names another cluster than the one it runs in. Needs get and patch on the Secrets by name, and create. Ends with 1 when a key is missing that the
operator has to provide, and names each.`;

export const secretsCommand: Command = {
  does: 'makes the Secrets and keys that are missing',
  help,
  async run(args, { environment, output }) {
    const { plan: file } = optionsOf(args, { plan: {} });
    const plan = readPlan(file);
    const store = await clusterSecrets(plan.namespace, environment);
    const { added, faults } = await completeSecrets(plan, store);
    for (const [secret, keys] of added) {
      output.say(`${secret}: ${keys.length === 0 ? 'unchanged' : `made ${keys.join(', ')}`}`);
    }
    if (faults.length > 0) throw new Failed(faults.join('\n'));
  },
};
