import { createHash } from 'node:crypto';
import { Problem } from '@courtside/contracts';
import { currentRequest, metadataKeys } from '@courtside/service';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Retention } from './retention.js';

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

/** A client that comes again later than this has long looked what became of it. */
export const idempotencyRetention: Retention = {
  table: 'idempotency_key',
  isOver: `created_at < now() - interval '7 days'`,
};

const KEY = /^[\x21-\x7e]{1,255}$/;

/**
 * The `Idempotency-Key` of the request at hand.
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
 *
 * A write that goes on in other services cannot be one transaction. Then `run` is its first step: it
 * writes down what was begun and answers with a reference to it, `{ id }`. Whoever comes with the
 * key finds what was begun, however far it got, and takes it on from there. `recall` finds it
 * without writing, so that a repeated request asks nobody what only a new one needs to know.
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

  /** The answer that is kept under the key of the request at hand; undefined when there is none. */
  async recall<T>(request: IdempotentWrite): Promise<T | undefined> {
    const key = idempotencyKey();
    if (key === undefined) return undefined;
    return (await keptUnder<T>(this.source.manager, key, request))?.answer;
  }
}

async function once<T>(
  manager: EntityManager,
  key: string,
  request: IdempotentWrite,
  write: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const { owner } = request;
  const inserted: unknown[] = await manager.query(
    `INSERT INTO idempotency_key (owner, key, fingerprint) VALUES ($1, $2, $3)
     ON CONFLICT DO NOTHING RETURNING key`,
    [owner, key, fingerprintOf(request)],
  );
  if (inserted.length === 0) {
    const kept = await keptUnder<T>(manager, key, request);
    if (!kept) throw new Problem('service.unavailable', `the key ${key} was just removed`);
    return kept.answer;
  }
  const answer = await write(manager);
  await manager.query(`UPDATE idempotency_key SET answer = $3 WHERE owner = $1 AND key = $2`, [
    owner,
    key,
    JSON.stringify(answer),
  ]);
  return answer;
}

const fingerprintOf = ({ message, input }: IdempotentWrite): string =>
  createHash('sha256')
    .update(`${message} ${JSON.stringify(input)}`)
    .digest('hex');

async function keptUnder<T>(
  manager: EntityManager,
  key: string,
  request: IdempotentWrite,
): Promise<{ readonly answer: T } | undefined> {
  const [row] = await manager.query<{ fingerprint: string; answer: T }[]>(
    `SELECT fingerprint, answer FROM idempotency_key WHERE owner = $1 AND key = $2`,
    [request.owner, key],
  );
  if (row && row.fingerprint !== fingerprintOf(request)) {
    throw new Problem('idempotency.key-reused', `the key ${key} belongs to another request`);
  }
  return row;
}
