import { setTimeout as pause } from 'node:timers/promises';
import { command, CommandError, type Run } from '../command.js';

export const kubectl = (args: readonly string[], run?: Run): Promise<string> =>
  command('kubectl', args, run);

/** Helm says for every link of the repository that it follows it. */
const followed = /found symbolic link in path/;

export const helm = (args: readonly string[], run?: Run): Promise<string> =>
  command('helm', args, { unsaid: followed, ...run });

/** An object of the cluster, as far as the suite looks at it. */
export interface ClusterObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** All objects of these kinds in a namespace. */
export async function objects<T extends ClusterObject>(
  namespace: string,
  kinds: string,
): Promise<T[]> {
  const text = await kubectl(['-n', namespace, 'get', kinds, '-o', 'json']);
  return (JSON.parse(text) as { items: T[] }).items;
}

export const apply = (objects: readonly object[]): Promise<string> =>
  kubectl(['apply', '-f', '-'], {
    stdin: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  });

/** The namespace of the repository, with another name: Pod Security "restricted" is enforced in it. */
export async function makeNamespace(name: string): Promise<void> {
  const text = await kubectl([
    'create',
    '--dry-run=client',
    '-o',
    'json',
    '-f',
    'k8s/namespace.yaml',
  ]);
  const namespace = JSON.parse(text) as { metadata: object };
  await apply([{ ...namespace, metadata: { ...namespace.metadata, name } }]);
}

export const deleteNamespaces = (names: readonly string[]): Promise<string> =>
  kubectl(['delete', 'namespace', ...names, '--ignore-not-found', '--wait=true'], {
    withinMs: 180_000,
  });

/** How often a condition is looked at, milliseconds. */
const LOOK_EVERY_MS = 500;

/** Waits until `look` neither throws nor gives undefined. @throws Error saying what was seen last. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  withinMs = 60_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  let last = 'nothing';
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      last = error.message;
    }
    await pause(LOOK_EVERY_MS);
  }
  throw new Error(`${what}: not within ${withinMs} ms; seen last: ${last}`);
}
