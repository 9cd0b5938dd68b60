import type { CloudEvent, ServiceName } from '@courtside/contracts';
import type { Client } from 'pg';

/** An event in the outbox, as the relay takes it. */
export interface OutboxRow {
  readonly sequence: string;
  readonly topic: string;
  readonly event: Omit<CloudEvent, 'sequence'>;
}

export interface Taking {
  readonly limit: number;
  /** Topics that cannot be published for now. */
  readonly except: readonly string[];
}

/** What an unconfirmed event waits for its next publication, seconds: at first, and at most. */
const AGAIN_AFTER_S = 30;
const AGAIN_AFTER_S_MAX = 6 * 3_600;
/** Each wait is this many times the one before. */
const AGAIN_GROWTH = 4;

const take = async (client: Client, condition: string, order: string, values: unknown[]) => {
  const { rows } = await client.query<OutboxRow>(
    `SELECT sequence, topic, event FROM outbox
     WHERE ${condition} AND topic <> ALL ($1) ORDER BY ${order} LIMIT $2 FOR UPDATE SKIP LOCKED`,
    values,
  );
  return rows;
};

/** Takes rows that were never published, oldest first; what another relay works on is left to it. */
export const takeNew = (client: Client, { limit, except }: Taking): Promise<OutboxRow[]> =>
  take(client, 'epoch IS NULL', 'sequence', [except, limit]);

/** Takes rows that were not published in this epoch, oldest first, from after a sequence on. */
export const takeFromOtherEpochs = (
  client: Client,
  { limit, except }: Taking,
  { epoch, after }: { epoch: string; after: string },
): Promise<OutboxRow[]> =>
  take(client, 'epoch IS DISTINCT FROM $3 AND sequence > $4', 'sequence', [
    except,
    limit,
    epoch,
    after,
  ]);

/** A service that should confirm the events of a topic. */
export interface Awaited {
  readonly topic: string;
  readonly group: ServiceName;
}

/**
 * Takes rows that a group has passed by without a word: their time is up, and the group has finished
 * all that was published before `until`, epoch milliseconds.
 */
export const takeDue = (
  client: Client,
  { limit, except }: Taking,
  { epoch, topic, group, until }: Awaited & { readonly epoch: string; readonly until: number },
): Promise<OutboxRow[]> =>
  take(
    client,
    `epoch = $3 AND topic = $4 AND $5 = ANY (awaiting)
     AND due_at <= now() AND last_published_at <= to_timestamp($6 / 1000.0)`,
    'due_at',
    [except, limit, epoch, topic, group, until],
  );

/** Whether anything was published in an epoch that is over. Two looks into an index. */
export async function hasOtherEpochs(client: Client, epoch: string): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM outbox WHERE epoch < $1) OR EXISTS (SELECT FROM outbox WHERE epoch > $1)
       AS found`,
    [epoch],
  );
  return rows[0]?.found ?? false;
}

/** Notes that rows were published; those that await nobody go. */
export async function markPublished(
  client: Client,
  epoch: string,
  sequences: readonly string[],
): Promise<void> {
  await client.query(
    `WITH awaited AS (
       UPDATE outbox SET epoch = $1, published_at = coalesce(published_at, now()),
         -- By now, not by when the transaction began: the bus has them since some time in between.
         last_published_at = clock_timestamp(), publications = publications + 1,
         due_at = now() + least($3 * power($4, least(publications, 20)), $5) * interval '1 second'
       WHERE sequence = ANY ($2::bigint[]) AND awaiting <> '{}'
     )
     DELETE FROM outbox WHERE sequence = ANY ($2::bigint[]) AND awaiting = '{}'`,
    [epoch, sequences, AGAIN_AFTER_S, AGAIN_GROWTH, AGAIN_AFTER_S_MAX],
  );
}

/**
 * Takes a group off what its rows wait for; rows that then wait for nobody go.
 * Rows are locked in one order, so that confirmations of different groups never wait in a circle.
 */
export const CONFIRM = `
  WITH confirmed AS MATERIALIZED (
    SELECT outbox.sequence, array_remove(awaiting, $1) AS rest
    FROM outbox JOIN unnest($2::bigint[], $3::uuid[]) AS handled (sequence, id)
      ON outbox.sequence = handled.sequence AND outbox.id = handled.id
    WHERE $1 = ANY (awaiting) ORDER BY outbox.sequence FOR UPDATE OF outbox
  ), gone AS (
    DELETE FROM outbox USING confirmed
    WHERE outbox.sequence = confirmed.sequence AND rest = '{}' RETURNING 1
  ), still_awaited AS (
    UPDATE outbox SET awaiting = rest FROM confirmed
    WHERE outbox.sequence = confirmed.sequence AND rest <> '{}' RETURNING 1
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM still_awaited) AS confirmed
`;
