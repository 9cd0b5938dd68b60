import { Failed } from '../command.js';
import { secretsOf, type Plan } from '../plan/plan.js';
import { keysToDerive } from './derived-keys.js';
import { faultsIn } from './faults.js';
import type { Found, Wanted } from './found.js';
import { keysToMake } from './made-keys.js';
import { derivedAnnotation } from './ownership.js';
import type { SecretStore, StoredSecret } from './secret-store.js';

/** Two that run at once disturb each other in a few rounds; more is something that undoes our work. */
const ROUNDS_MAX = 10;

/** Helm leaves what has it when the release goes: without its keys the data would be lost. */
const KEEP = { 'helm.sh/resource-policy': 'keep' };

export interface Completion {
  /** The keys that were written, by Secret: all of the plan. */
  readonly added: ReadonlyMap<string, readonly string[]>;
  /** What is left for the operator to mend. */
  readonly faults: readonly string[];
}

/**
 * Completes the Secrets of a plan. Each round reads all of them and writes what then is missing: first
 * what is made of chance, and what follows from it only once that is kept. So it may be ended at any
 * time, and run beside itself.
 */
export async function completeSecrets(plan: Plan, store: SecretStore): Promise<Completion> {
  const added = new Map(secretsOf(plan).map((name) => [name, new Set<string>()]));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = await readAll(plan, store);
    const made = keysToMake(plan, found);
    const isDerived = made.size === 0;
    const wanted = isDerived ? keysToDerive(plan, found) : made;
    if (wanted.size === 0) {
      const keys = [...added].map(([name, set]) => [name, [...set]] as const);
      return { added: new Map(keys), faults: faultsIn(plan, found) };
    }
    for (const name of await write(plan, store, { found, wanted, isDerived })) {
      for (const key of Object.keys(wanted.get(name) ?? {})) added.get(name)?.add(key);
    }
  }
  throw new Failed(
    `the Secrets are still not complete after ${ROUNDS_MAX} rounds: who changes them?`,
  );
}

async function readAll(plan: Plan, store: SecretStore): Promise<Found> {
  const secrets = await Promise.all(secretsOf(plan).map((name) => store.read(name)));
  const present = secrets.filter((secret): secret is StoredSecret => secret !== undefined);
  return new Map(present.map((secret) => [secret.name, secret]));
}

interface Round {
  readonly found: Found;
  readonly wanted: Wanted;
  readonly isDerived: boolean;
}

/** @returns the Secrets that were written; one that somebody else wrote first is left to the next round. */
async function write(
  { labels }: Plan,
  store: SecretStore,
  { found, wanted, isDerived }: Round,
): Promise<string[]> {
  const written: string[] = [];
  for (const [name, data] of wanted) {
    const secret = found.get(name);
    const annotations = { ...KEEP, ...(isDerived && derivedAnnotation(secret, data)) };
    const additions = { labels, annotations, data };
    const isDone = await (secret ? store.add(secret, additions) : store.create(name, additions));
    if (isDone) written.push(name);
  }
  return written;
}
