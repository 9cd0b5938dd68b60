import type { Readable } from 'node:stream';
import { Failed } from '../command.js';
import { sumOf } from './dump.js';
import { isBackupName, Manifest } from './manifest.js';

/** What a backup consists of, by the names of its parts. */
export const DUMP = 'dump';
export const MANIFEST = 'manifest.json';

/** Where backups are kept. A part is there with all of its bytes, or not at all. */
export interface BackupStore {
  /** Where it is, for a person; never with a secret. */
  readonly where: string;
  /** Every part that is there: `20261128T020000Z/dump`. */
  parts(): Promise<string[]>;
  /** Keeps a file under the name of a part. */
  put(part: string, file: string): Promise<void>;
  /** The bytes of a part that is there. */
  read(part: string): Promise<Readable>;
  /** Removes a part; one that is not there is removed already. */
  remove(part: string): Promise<void>;
  /** Lets go of connections. */
  close(): void;
}

/** The names of all backups, the newest first: what has no manifest is none. */
export function backupsIn(parts: readonly string[]): string[] {
  return parts
    .flatMap((part) => (part.endsWith(`/${MANIFEST}`) ? [part.slice(0, -MANIFEST.length - 1)] : []))
    .filter(isBackupName)
    .toSorted()
    .toReversed();
}

/** @throws Failed when it is broken or not of this kind. */
export async function readManifest(store: BackupStore, name: string): Promise<Manifest> {
  const chunks: Buffer[] = [];
  for await (const chunk of await store.read(`${name}/${MANIFEST}`)) chunks.push(chunk as Buffer);
  let json: unknown;
  try {
    json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new Failed(`the manifest of ${name} is broken: ${(error as Error).message}`);
  }
  const { data, error } = Manifest.safeParse(json);
  if (data?.name === name) return data;
  const why = error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new Failed(`the manifest of ${name} is not one: ${why ?? `it is that of ${data?.name}`}`);
}

/**
 * Keeps a dump and its manifest: first the dump, which is read back and compared, then the manifest that
 * makes a backup of it. What breaks off in between is no backup.
 * @throws Failed when what was kept is not what was dumped.
 */
export async function keep(
  store: BackupStore,
  manifest: Manifest,
  files: { readonly dump: string; readonly manifest: string },
): Promise<void> {
  const part = `${manifest.name}/${DUMP}`;
  await store.put(part, files.dump);
  const { sha256, bytes } = await sumOf(await store.read(part));
  if (sha256 !== manifest.dump.sha256 || bytes !== manifest.dump.bytes) {
    await store.remove(part);
    throw new Failed(`${store.where} gives back other bytes of ${part} than it was given`);
  }
  await store.put(`${manifest.name}/${MANIFEST}`, files.manifest);
}

/** Removes a backup, its manifest first: what is left of one that breaks off is no backup. */
export async function removeBackup(store: BackupStore, name: string): Promise<void> {
  await store.remove(`${name}/${MANIFEST}`);
  await store.remove(`${name}/${DUMP}`);
}
