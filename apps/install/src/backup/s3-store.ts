import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { Failed } from '../command.js';
import type { BackupStore } from './backup-store.js';

export interface ObjectStoreSettings {
  /** Where it is, when it is not Amazon's own, such as https://minio.example.org. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** First part of every object, without a slash at its end; empty is none. */
  readonly prefix: string;
  /** The bucket stands in the path, not in the name of the host. */
  readonly isPathStyle: boolean;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Of an upload in parts, and of its memory: 10,000 parts are what S3 takes, so 160 GB at most. */
const PART_BYTES = 16 * 1_024 * 1_024;
const REQUEST_MS = 60_000;
const CONNECT_MS = 10_000;
const ATTEMPTS_MAX = 4;

/**
 * Backups as objects of a store that speaks S3. An object is there once its upload is completed, so part
 * of one is never taken for it. Each request carries the sum of what it sends, which the store checks.
 */
export async function s3Store(settings: ObjectStoreSettings): Promise<BackupStore> {
  const [library, { Upload }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('@aws-sdk/lib-storage'),
  ]);
  const { bucket: Bucket, prefix } = settings;
  const client = clientOf(library, settings);
  const first = prefix === '' ? '' : `${prefix}/`;
  const where = `s3://${Bucket}/${first}`;
  const keyOf = (part: string) => `${first}${part}`;
  const told = <T>(what: string, asking: Promise<T>): Promise<T> =>
    asking.catch((error: Error) => {
      throw new Failed(`${where} ${what}: ${error.name}: ${error.message}`, { cause: error });
    });
  return {
    where,
    parts: () =>
      told('cannot be listed', collected(library.paginateListObjectsV2, client, Bucket, first)),
    put: async (part, file) => {
      const params = { Bucket, Key: keyOf(part), Body: createReadStream(file) };
      const checked = { ...params, ChecksumAlgorithm: 'SHA256' as const };
      const upload = new Upload({ client, params: checked, partSize: PART_BYTES, queueSize: 2 });
      await told(`does not take ${part}`, upload.done());
    },
    read: async (part) => {
      const asked = new library.GetObjectCommand({ Bucket, Key: keyOf(part) });
      const { Body } = await told(`does not give ${part}`, client.send(asked));
      if (!Body) throw new Failed(`${where} does not give ${part}: it has no bytes`);
      return Body as Readable;
    },
    remove: async (part) => {
      const asked = new library.DeleteObjectCommand({ Bucket, Key: keyOf(part) });
      await told(`does not remove ${part}`, client.send(asked));
    },
    close: () => client.destroy(),
  };
}

type Library = typeof import('@aws-sdk/client-s3');

const clientOf = ({ S3Client }: Library, settings: ObjectStoreSettings): S3Client =>
  new S3Client({
    region: settings.region,
    ...(settings.endpoint && { endpoint: settings.endpoint }),
    forcePathStyle: settings.isPathStyle,
    credentials: {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
    },
    maxAttempts: ATTEMPTS_MAX,
    requestHandler: { requestTimeout: REQUEST_MS, connectionTimeout: CONNECT_MS },
    // Stores that only resemble Amazon's know no sums but those that are asked for.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });

async function collected(
  paginate: Library['paginateListObjectsV2'],
  client: S3Client,
  Bucket: string,
  Prefix: string,
): Promise<string[]> {
  const parts: string[] = [];
  for await (const { Contents = [] } of paginate({ client }, { Bucket, Prefix })) {
    parts.push(...Contents.flatMap(({ Key }) => (Key ? [Key.slice(Prefix.length)] : [])));
  }
  return parts;
}
