import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackupStore } from './backup-store.js';

const DRAFT = '.draft';

/** Backups in a folder, such as that of a volume. */
export function folderStore(folder: string): BackupStore {
  const at = (part: string) => join(folder, part);
  return {
    where: folder,
    parts: async () => {
      const entries = await readdir(folder, { withFileTypes: true });
      const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const parts = await Promise.all(
        names.map(async (name) => (await readdir(at(name))).map((part) => `${name}/${part}`)),
      );
      return parts.flat().filter((part) => !part.endsWith(DRAFT));
    },
    put: async (part, file) => {
      await mkdir(dirname(at(part)), { recursive: true });
      const draft = `${at(part)}${DRAFT}`;
      await copyFile(file, draft);
      await onDisk(draft);
      await rename(draft, at(part));
      await onDisk(dirname(at(part)));
    },
    read: async (part) => {
      const handle = await open(at(part));
      return createReadStream('', { fd: handle });
    },
    remove: async (part) => {
      await rm(at(part), { force: true });
      await rm(`${at(part)}${DRAFT}`, { force: true });
      // The folder goes with the last of its parts.
      await rmdir(dirname(at(part))).catch(() => undefined);
    },
    close: () => undefined,
  };
}

/** Waits until a file, or the names in a folder, would outlive a crash of the machine. */
async function onDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
