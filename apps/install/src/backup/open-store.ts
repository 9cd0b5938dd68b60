import { statSync } from 'node:fs';
import { flag, secret, type Environment } from '@courtside/service';
import { z } from 'zod';
import { Failed, Misused, settingsIn } from '../command.js';
import type { BackupStore } from './backup-store.js';
import { folderStore } from './folder-store.js';
import { s3Store } from './s3-store.js';

/** What is said of it in the help of the commands that use it. */
export const storeHelp = `Where backups are kept is told by the environment: BACKUP_DIRECTORY is a folder; or an object store
that speaks S3: BACKUP_S3_BUCKET, BACKUP_S3_ENDPOINT (empty is Amazon's own), BACKUP_S3_REGION,
BACKUP_S3_PREFIX, BACKUP_S3_PATH_STYLE, and BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY, or
files named by these with _FILE at their end.`;

const settings = z.object({
  BACKUP_DIRECTORY: z.string().optional(),
  BACKUP_S3_BUCKET: z.string().optional(),
  BACKUP_S3_ENDPOINT: z
    .string()
    .regex(/^https?:\/\/[^/@]+$/, 'must be like https://minio.example.org')
    .optional(),
  BACKUP_S3_REGION: z.string().default('us-east-1'),
  BACKUP_S3_PREFIX: z
    .string()
    .regex(/^[^/].*[^/]$|^[^/]$/, 'must neither begin nor end with a slash')
    .optional(),
  BACKUP_S3_PATH_STYLE: flag(true).meta({ description: 'the bucket stands in the path' }),
  BACKUP_S3_ACCESS_KEY_ID: secret(z.string().optional(), 'who writes and reads backups'),
  BACKUP_S3_SECRET_ACCESS_KEY: secret(z.string().optional(), 'the key of whoever that is'),
});

/** @throws Misused when the environment names no store, or two; Failed when it is not there. */
export async function openStore(environment: Environment): Promise<BackupStore> {
  const given = settingsIn(environment, settings);
  const { BACKUP_DIRECTORY: folder, BACKUP_S3_BUCKET: bucket } = given;
  const wrong = faultOf(given);
  if (wrong) throw wrong;
  if (folder) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Failed(`there is no folder ${folder}: the volume of backups is not mounted there`);
    }
    return folderStore(folder);
  }
  return s3Store({
    endpoint: given.BACKUP_S3_ENDPOINT,
    region: given.BACKUP_S3_REGION,
    bucket: bucket ?? '',
    prefix: given.BACKUP_S3_PREFIX ?? '',
    isPathStyle: given.BACKUP_S3_PATH_STYLE,
    accessKeyId: given.BACKUP_S3_ACCESS_KEY_ID ?? '',
    secretAccessKey: given.BACKUP_S3_SECRET_ACCESS_KEY ?? '',
  });
}

function faultOf(given: z.output<typeof settings>): Error | undefined {
  if (!given.BACKUP_DIRECTORY === !given.BACKUP_S3_BUCKET) {
    return new Misused('either BACKUP_DIRECTORY or BACKUP_S3_BUCKET says where backups are kept');
  }
  const hasKeys = given.BACKUP_S3_ACCESS_KEY_ID && given.BACKUP_S3_SECRET_ACCESS_KEY;
  return given.BACKUP_S3_BUCKET && !hasKeys
    ? new Misused('BACKUP_S3_ACCESS_KEY_ID and BACKUP_S3_SECRET_ACCESS_KEY are missing')
    : undefined;
}
