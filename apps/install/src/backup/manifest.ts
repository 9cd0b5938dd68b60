import { z } from 'zod';

/** Of the moment it was taken, in UTC: sorts by time, and is a name for files and objects. */
const NAME = /^\d{8}T\d{6}Z$/;

/** A table as SQL names it, quoted where it has to be: it is asked for as it stands. */
const TABLE = /^("[^"]+"|[a-z_][a-z0-9_$]*)\.("[^"]+"|[a-z_][a-z0-9_$]*)$/;

/** What a backup is, written when all of it is kept: without one there is no backup. */
export const Manifest = z.strictObject({
  format: z.literal(1),
  name: z.string().regex(NAME),
  takenAt: z.iso.datetime(),
  /** As the server named them, such as courtside and 15.14. */
  database: z.strictObject({ name: z.string().min(1), version: z.string().min(1) }),
  dump: z.strictObject({ bytes: z.int().min(1), sha256: z.string().regex(/^[a-f0-9]{64}$/) }),
  /** Rows by table, counted in the dump itself. */
  tables: z.record(z.string().regex(TABLE), z.int().min(0)),
});
export type Manifest = z.output<typeof Manifest>;

export const isBackupName = (text: string): boolean => NAME.test(text);

/** The name of a backup that was taken at this moment. */
export const nameAt = (moment: Date): string => moment.toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The moment a backup was taken, epoch milliseconds. */
export const momentOf = (name: string): number =>
  Date.parse(name.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

/** The schemas of its tables, as SQL names them. */
export const schemasOf = ({ tables }: Manifest): string[] => [
  ...new Set(Object.keys(tables).map((table) => /^("[^"]+"|[^.]+)\./.exec(table)?.[1] ?? '')),
];

/** The major version in one that PostgreSQL tells. */
export const majorOf = (version: string): number => Number.parseInt(version, 10);

/** How many rows of how many tables, in words. */
export function summaryOf({ tables, dump }: Manifest): string {
  const counts = Object.values(tables);
  const rows = counts.reduce((sum, count) => sum + count, 0);
  return `${rows} rows of ${counts.length} tables, ${dump.bytes} bytes`;
}
