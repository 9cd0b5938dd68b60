import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { Failed } from '../command.js';
import { Manifest, nameAt } from './manifest.js';

/** The files that `dump-postgres` leaves, and that `restore-postgres` takes. */
export const dumpIn = (work: string): string => join(work, 'dump');
export const preludeIn = (work: string): string => join(work, 'before.sql');
export const manifestIn = (work: string): string => join(work, 'manifest.json');

/** SHA-256 of all bytes, in hexadecimal, and how many there are. */
export async function sumOf(bytes: Readable): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of bytes) {
    hash.update(chunk as Buffer);
    length += (chunk as Buffer).length;
  }
  return { sha256: hash.digest('hex'), bytes: length };
}

/** The sum of the dump in a folder. */
export const readDumped = (work: string) => sumOf(createReadStream(dumpIn(work)));

/**
 * What was dumped into a folder, as the manifest of a backup.
 * @throws Failed when it is no whole dump of a database that has tables.
 */
export async function describeDump(work: string, moment: Date): Promise<Manifest> {
  const contents = textIn(work, 'contents');
  const said = (what: RegExp): string => {
    const found = what.exec(contents)?.[1];
    if (found === undefined) throw new Failed(`${work}/contents is no list of a dump`);
    return found;
  };
  const database = {
    name: said(/^;\s+dbname: (.+)$/m),
    version: said(/^;\s+Dumped from database version: (\S+)/m),
  };
  const tables = countsIn(textIn(work, 'counts'));
  if (Object.keys(tables).length === 0) {
    throw new Failed(
      `the database ${database.name} has no tables: that is nothing to keep, and older backups stay`,
    );
  }
  const dump = await readDumped(work);
  const name = nameAt(moment);
  const takenAt = moment.toISOString();
  const parsed = Manifest.safeParse({ format: 1, name, takenAt, database, dump, tables });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failed(`the dump cannot be described: ${issue?.path.join('.')}: ${issue?.message}`);
}

/** Lines of a number, a tab, and a table as SQL names it. @throws Failed */
function countsIn(text: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [count, table] = line.split('\t');
      if (!/^\d+$/.test(count ?? '') || !table) throw new Failed(`no count of a table: ${line}`);
      return [table, Number(count)];
    }),
  );
}

function textIn(work: string, name: string): string {
  try {
    if (statSync(dumpIn(work)).size === 0) throw new Error('the dump is empty');
    return readFileSync(join(work, name), 'utf8');
  } catch (error) {
    throw new Failed(`nothing was dumped into ${work}: ${(error as Error).message}`);
  }
}
