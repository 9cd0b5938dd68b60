import { dropSchemas, stateOfDatabase, type DatabaseOwner } from '@courtside/database';
import { majorOf, schemasOf, type Manifest } from '../backup/manifest.js';
import { Failed } from '../command.js';
import type { Plan } from '../plan/plan.js';

interface Target {
  readonly url: string;
  readonly owners: readonly DatabaseOwner[];
}

/** Of a list in a message; who wants all of them looks into the database. */
const NAMED_MAX = 5;

/** The schemas that a restore takes away and brings: those of the backup, and those of the services. */
const schemasFor = ({ owners }: Target, manifest: Manifest): string[] => {
  const ours = schemasOf(manifest)
    .map((schema) => schema.replaceAll('"', ''))
    // Of the database itself, which stays.
    .filter((schema) => schema !== 'public');
  return [...new Set([...ours, ...owners.map(({ name }) => name)])].toSorted();
};

/** What runs in front of a backup, in its transaction. */
export const preludeFor = (target: Target, manifest: Manifest): string =>
  dropSchemas(schemasFor(target, manifest));

/** The command that stops whatever a plan has installed. */
export const stopping = ({ namespace, labels }: Plan): string => {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return `kubectl -n ${namespace} scale deployment --selector ${selector.join(',')} --replicas=0`;
};

/**
 * Looks whether a backup may go into a database.
 * @throws Failed with what is in its way.
 */
export async function demandTarget(
  target: Target,
  manifest: Manifest,
  { mayReplace, stop }: { readonly mayReplace: boolean; readonly stop: string },
): Promise<void> {
  const { major, sessions, tables } = await stateOfDatabase(
    target.url,
    schemasFor(target, manifest),
  );
  const faults: string[] = [];
  const taken = majorOf(manifest.database.version);
  if (major < taken) {
    faults.push(
      `the backup is of PostgreSQL ${taken}, and the server is of ${major}, which is older`,
    );
  }
  const connected = Object.entries(sessions).map(([role, count]) => `${role} (${count})`);
  if (connected.length > 0) {
    faults.push(`services are connected: ${connected.join(', ')}. Stop them first: ${stop}`);
  }
  if (tables.length > 0 && !mayReplace) {
    const named = tables.slice(0, NAMED_MAX).join(', ');
    const more = tables.length > NAMED_MAX ? ` and ${tables.length - NAMED_MAX} more` : '';
    faults.push(`the database has tables: ${named}${more}. RESTORE_REPLACE=true takes them away`);
  }
  if (faults.length > 0)
    throw new Failed(`${manifest.name} is not restored:\n${faults.join('\n')}`);
}
