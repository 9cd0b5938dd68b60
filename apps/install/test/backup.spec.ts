import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aDump, aFolder, keptAt } from './a-backup.js';
import { run } from './a-plan.js';

const DAY_MS = 24 * 60 * 60_000;
const nameOf = (daysAgo: number, time = '021700'): string => {
  const day = new Date(Date.now() - daysAgo * DAY_MS).toISOString().slice(0, 10);
  return `${day.replaceAll('-', '')}T${time}Z`;
};

const backUp = (folder: string, work = aDump(), more: string[] = []) =>
  run(['backup', '--work', work, ...more], { BACKUP_DIRECTORY: folder });

describe('a backup', () => {
  it('is the dump, and a manifest with its sum and the rows of every table', async () => {
    const folder = aFolder();
    const { code, said, complaints } = await backUp(folder);
    expect([code, complaints]).toEqual([0, '']);
    const [name = ''] = readdirSync(folder);
    expect(said).toContain(`${name}: kept in ${folder}, 3 rows of 2 tables, 15 bytes`);
    expect(readFileSync(join(folder, name, 'dump'), 'utf8')).toBe('PGDMP and so on');
    const manifest = JSON.parse(readFileSync(join(folder, name, 'manifest.json'), 'utf8'));
    expect(manifest).toMatchObject({
      format: 1,
      name,
      database: { name: 'courtside', version: '15.14' },
      dump: { bytes: 15, sha256: expect.stringMatching(/^[a-f0-9]{64}$/) },
      tables: { 'users."user"': 3, 'orders."order"': 0 },
    });
  });

  it('is none where nothing, or only the beginning, was dumped', async () => {
    const folder = aFolder();
    const empty = aDump();
    writeFileSync(join(empty, 'dump'), '');
    for (const work of [aFolder(), empty]) {
      const { code, complaints } = await backUp(folder, work);
      expect([code, complaints]).toEqual([1, expect.stringContaining('nothing was dumped into')]);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is none of a database without tables, so that none of those before has to go for it', async () => {
    const folder = aFolder();
    const { code, complaints } = await backUp(folder, aDump({}));
    expect([code, complaints]).toEqual([1, expect.stringContaining('has no tables')]);
  });

  it('stays as long as its day counts or it is of today; what broke off goes after a day', async () => {
    const folder = aFolder();
    const [first, second] = [nameOf(3), nameOf(3, '031700')];
    for (const name of [nameOf(5), nameOf(4), first, second, nameOf(2)]) keptAt(folder, name);
    const brokenOff = nameOf(2, '040000');
    mkdirSync(join(folder, brokenOff));
    writeFileSync(join(folder, brokenOff, 'dump'), 'half of it');
    const { code, said } = await backUp(folder, aDump(), ['--days', '3']);
    expect(code).toBe(0);
    const left = readdirSync(folder).toSorted();
    expect(left).toEqual([second, nameOf(2), left.at(-1)]);
    expect(said).toContain(`removed: ${first}, ${nameOf(4)}, ${nameOf(5)}, ${brokenOff}/dump`);
  });

  it('is listed with what is in it, the newest first', async () => {
    const folder = aFolder();
    keptAt(folder, '20261126T021700Z');
    keptAt(folder, '20261127T021700Z', { 'users."user"': 3, 'orders."order"': 4 });
    const { code, said } = await run(['backups'], { BACKUP_DIRECTORY: folder });
    expect([code, said.split('\n')]).toEqual([
      0,
      [
        `2 backups in ${folder}`,
        '20261127T021700Z: 7 rows of 2 tables, 24 bytes',
        '20261126T021700Z: 3 rows of 1 tables, 24 bytes',
      ],
    ]);
  });

  it.each([
    [['--days', '0'], {}, /--days is a number from 1, not 0/],
    [[], { BACKUP_DIRECTORY: '' }, /either BACKUP_DIRECTORY or BACKUP_S3_BUCKET/],
    [[], { BACKUP_S3_BUCKET: 'b' }, /either BACKUP_DIRECTORY or BACKUP_S3_BUCKET/],
    [[], { BACKUP_DIRECTORY: '', BACKUP_S3_BUCKET: 'b' }, /SECRET_ACCESS_KEY are missing/],
    [[], { BACKUP_S3_ENDPOINT: 'minio' }, /BACKUP_S3_ENDPOINT: must be like https/],
  ])('is not begun with wrong input: %j %j', async (more, environment, sentence) => {
    const given = { BACKUP_DIRECTORY: aFolder(), ...environment };
    const { code, complaints } = await run(['backup', '--work', aDump(), ...more], given);
    expect([code, complaints]).toEqual([2, expect.stringMatching(sentence)]);
  });

  it('says where no volume is mounted', async () => {
    const { code, complaints } = await backUp('/nowhere');
    expect([code, complaints]).toEqual([1, expect.stringContaining('there is no folder /nowhere')]);
  });
});
