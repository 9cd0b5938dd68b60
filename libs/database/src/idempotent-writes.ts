import { createHash } from 'node:crypto';
import { Problem } from '@courtside/contracts';
import { currentRequest, metadataKeys } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** The table behind `IdempotentWrites`: part of the first migration of each service that uses it. */
export const idempotencyTable = `
  CREATE TABLE idempotency_key (
    owner text NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    answer jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, key)
  );
  CREATE INDEX idempotency_key_created_at ON idempotency_key (created_at);
`;

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The `Idempotency-Key` of the request at hand, for a write that cannot be one transaction.
 * @throws Problem `idempotency.key-invalid`.
 */
export function idempotencyKey(): string | undefined {
  const key = currentRequest()?.metadata[metadataKeys.idempotencyKey];
  if (key !== undefined && !KEY.test(key)) throw new Problem('idempotency.key-invalid');
  return key;
}

export interface IdempotentWrite {
  /** Whose key it is: keys of different users never meet. */
  readonly owner: string;
  /** The operation and its input; the same key with another one is refused. */
  readonly message: string;
  readonly input: unknown;
}

/**
 * Runs a write once for each `Idempotency-Key` of its owner (draft-ietf-httpapi-idempotency-key).
 * Key, write and answer commit together: whoever comes with the same key meanwhile waits for that
 * commit and gets the same answer. A write that fails leaves no key behind.
 */
@Injectable()
export class IdempotentWrites {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  /** Runs `write` in a transaction; without a key it simply runs. */
  async run<T>(
    request: IdempotentWrite,
    write: (manager: EntityManager) => Promise<T>,
  ): Promise<T> {
    const key = idempotencyKey();
    if (key === undefined) return this.source.transaction(write);
    return this.source.transaction((manager) => once(manager, key, request, write));
  }
}

async function once<T>(
  manager: EntityManager,
  key: string,
  { owner, message, input }: IdempotentWrite,
  write: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const fingerprint = createHash('sha256')
    .update(`${message} ${JSON.stringify(input)}`)
    .digest('hex');
  const inserted: unknown[] = await manager.query(
    `INSERT INTO idempotency_key (owner, key, fingerprint) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING key`,
    [owner, key, fingerprint],
  );
  if (inserted.length === 0) return storedAnswer<T>(manager, owner, key, fingerprint);
  const answer = await write(manager);
  await manager.query(`UPDATE idempotency_key SET answer = $3 WHERE owner = $1 AND key = $2`, [
    owner,
    key,
    JSON.stringify(answer),
  ]);
  return answer;
}

async function storedAnswer<T>(
  manager: EntityManager,
  owner: string,
  key: string,
  fingerprint: string,
): Promise<T> {
  const [row] = await manager.query<{ fingerprint: string; answer: T }[]>(
    `SELECT fingerprint, answer FROM idempotency_key WHERE owner = $1 AND key = $2`,
    [owner, key],
  );
  if (!row || row.fingerprint !== fingerprint) {
    throw new Problem('idempotency.key-reused', `the key ${key} belongs to another request`);
  }
  return row.answer;
}
