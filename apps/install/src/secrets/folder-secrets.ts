import { createHash, randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Failed } from '../command.js';
import type { SecretStore, StoredSecret } from './secret-store.js';

/** What is no key of a Secret, but told about it. */
const NOTES = '.annotations.json';
/** Whoever owns the folder gives it to who may read; nobody else does. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;

/**
 * Secrets as folders with a file for each key, as a pod has them mounted: for installations without a
 * cluster. Labels are for clusters and are left out.
 * @throws Failed with the file that cannot be read or written.
 */
export function folderSecrets(folder: string): SecretStore {
  const at = (name: string) => join(folder, name);
  return {
    read: async (name) => plainly(() => readSecret(at(name), name)),
    create: async (name, { annotations, data }) =>
      plainly(() => {
        mkdirSync(at(name), { recursive: true, mode: FOLDER_MODE });
        return isNew(at(name)) && write(at(name), { annotations, data, known: {} });
      }),
    add: async ({ name, version, annotations, data: known }, { annotations: more, data }) =>
      plainly(() => {
        if (readSecret(at(name), name)?.version !== version) return false;
        return write(at(name), { annotations: { ...annotations, ...more }, data, known });
      }),
  };
}

function plainly<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new Failed(`the secrets cannot be kept: ${(cause as Error).message}`, { cause });
  }
}

/** A folder without keys, as a new volume is one, holds no Secret yet. */
function readSecret(folder: string, name: string): StoredSecret | undefined {
  const keys = keysIn(folder);
  if (keys.length === 0) return undefined;
  const values = keys.map((key) => [key, readFileSync(join(folder, key), 'utf8')] as const);
  const notes = fileOr(join(folder, NOTES), '{}');
  const version = createHash('sha256')
    .update(JSON.stringify([notes, values]))
    .digest('hex');
  const annotations = JSON.parse(notes) as Record<string, string>;
  return { name, version, annotations, data: Object.fromEntries(values) };
}

/** Drafts and notes begin with a dot, and some file systems keep `lost+found`. */
function keysIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const isNew = (folder: string): boolean => keysIn(folder).length === 0;

function fileOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise;
    throw error;
  }
}

interface Writing {
  readonly annotations: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, string>>;
  /** What was there when it was read: only that may be written over. */
  readonly known: Readonly<Record<string, string>>;
}

/** @returns false when somebody else wrote one of the keys first; what is written by then stays. */
function write(folder: string, { annotations, data, known }: Writing): boolean {
  for (const [key, value] of Object.entries(data)) {
    if (!put(join(folder, key), value, { isOver: Object.hasOwn(known, key) })) return false;
  }
  return put(join(folder, NOTES), JSON.stringify(annotations), { isOver: true });
}

/** Whole or not at all: a file is never seen half written. */
function put(path: string, text: string, { isOver }: { readonly isOver: boolean }): boolean {
  const draft = join(path, '..', `.${randomBytes(6).toString('hex')}`);
  writeFileSync(draft, text, { mode: FILE_MODE, flag: 'wx' });
  try {
    if (isOver) renameSync(draft, path);
    else linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
