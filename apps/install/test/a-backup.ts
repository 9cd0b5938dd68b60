import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const aFolder = (): string => mkdtempSync(join(tmpdir(), 'backup-'));

/** What dump-postgres leaves in its work folder. */
export function aDump(
  tables: Readonly<Record<string, number>> = { 'users."user"': 3, 'orders."order"': 0 },
  bytes: string | Buffer = 'PGDMP and so on',
): string {
  const work = aFolder();
  writeFileSync(join(work, 'dump'), bytes);
  const contents = [
    ';',
    '; Archive created at 2026-11-28 02:17:03 UTC',
    ';     dbname: courtside',
    ';     Dumped from database version: 15.14 (Debian 15.14-0+deb12u1)',
    ';     Dumped by pg_dump version: 15.14 (Debian 15.14-0+deb12u1)',
    ';',
  ];
  writeFileSync(join(work, 'contents'), contents.join('\n'));
  const counts = Object.entries(tables).map(([table, rows]) => `${rows}\t${table}\n`);
  writeFileSync(join(work, 'counts'), counts.join(''));
  return work;
}

/** Puts a backup into a folder of backups, as it would be there since it was taken. */
export function keptAt(
  folder: string,
  name: string,
  tables: Readonly<Record<string, number>> = { 'users."user"': 3 },
  version = '15.14',
): void {
  const dump = `dump of ${name}`;
  const manifest = {
    format: 1,
    name,
    takenAt: new Date(0).toISOString(),
    database: { name: 'courtside', version },
    dump: {
      bytes: dump.length,
      sha256: createHash('sha256').update(dump).digest('hex'),
    },
    tables,
  };
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'dump'), dump);
  writeFileSync(join(folder, name, 'manifest.json'), JSON.stringify(manifest));
}
