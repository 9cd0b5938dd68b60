import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease-store.js';

/** Old versions are kept this long, so that a slow reader still finds the one it chose. */
const VERSIONS_KEPT = 3;
const READ_TRIES_MAX = 10;
const DIGITS = 12;

/**
 * Leases in a folder that all candidates share, for a laptop and for specs. Each version is a file of
 * its own: it is linked to its name whole, and a second one with this name is refused by the file system.
 */
export class FileLeases implements LeaseStore {
  constructor(private readonly folder: string) {}

  async read(name: string): Promise<StoredLease | undefined> {
    for (let tries = 0; tries < READ_TRIES_MAX; tries += 1) {
      const version = await this.#latest(name);
      if (version === 0) return undefined;
      try {
        const text = await readFile(this.#path(name, version), 'utf8');
        return { record: parsed(text), version: String(version) };
      } catch (error) {
        if (codeOf(error) !== 'ENOENT') throw error;
      }
    }
    throw new Error(`the lease ${name} in ${this.folder} changes faster than it can be read`);
  }

  async create(name: string, record: LeaseRecord): Promise<StoredLease | undefined> {
    await mkdir(join(this.folder, name), { recursive: true });
    return this.#write(name, record, 1);
  }

  async update(
    name: string,
    record: LeaseRecord,
    read: StoredLease,
  ): Promise<StoredLease | undefined> {
    return this.#write(name, record, Number(read.version) + 1);
  }

  async #write(
    name: string,
    record: LeaseRecord,
    version: number,
  ): Promise<StoredLease | undefined> {
    const draft = join(this.folder, name, `${randomUUID()}.draft`);
    try {
      await writeFile(draft, JSON.stringify(record), { flag: 'wx' });
      await link(draft, this.#path(name, version));
    } catch (error) {
      if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return undefined;
      throw error;
    } finally {
      await rm(draft, { force: true });
    }
    // A name far behind is free again, but the latest version never goes: then this came too late.
    if ((await this.#latest(name)) !== version) return undefined;
    await rm(this.#path(name, version - VERSIONS_KEPT), { force: true });
    return { record, version: String(version) };
  }

  /** Zero when there is none. */
  async #latest(name: string): Promise<number> {
    const files = await readdir(join(this.folder, name)).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    });
    const versions = files.flatMap((file) =>
      /^\d+\.json$/.test(file) ? [parseInt(file, 10)] : [],
    );
    return Math.max(0, ...versions);
  }

  #path(name: string, version: number): string {
    return join(this.folder, name, `${String(version).padStart(DIGITS, '0')}.json`);
  }
}

function parsed(text: string): LeaseRecord {
  const record = JSON.parse(text) as LeaseRecord;
  const { acquiredAt, renewedAt } = record;
  return { ...record, acquiredAt: new Date(acquiredAt), renewedAt: new Date(renewedAt) };
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
