import { userEvents } from '@courtside/contracts';
import { createDataSource, migrate, type MigrationClass } from '@courtside/database';
import { newId } from '@courtside/service';
import { aDatabase, type TestDatabase } from '@courtside/testing';
import { createUser } from '../src/migrations/1764000000000-create-user.js';
import { keepOutgoingEvents } from '../src/migrations/1764100000000-keep-outgoing-events.js';
import { finishSignUps } from '../src/migrations/1764150000000-finish-sign-ups.js';

let database: TestDatabase;
beforeAll(async () => (database = await aDatabase()), 30_000);
afterAll(() => database?.drop());

/** Brings the schema to where these migrations end, and runs a statement there. */
async function at(migrations: MigrationClass[], sql: string, values: unknown[] = []) {
  const source = createDataSource(
    { schema: 'users', entities: [], migrations },
    { url: database.urlOf('users'), poolMax: 2, statementTimeoutMs: 5_000 },
  );
  await source.initialize();
  try {
    await migrate(source);
    return await source.query<Record<string, unknown>[]>(sql, values);
  } finally {
    await source.destroy();
  }
}

describe('an account that was unfinished when sign-ups learned to finish themselves', () => {
  it('is deleted, with its event, where it was being deleted, and swept where it was pending', async () => {
    const ids = { deleting: newId(), pending: newId(), active: newId() };
    await at(
      [createUser, keepOutgoingEvents],
      `INSERT INTO "user" (id, username, roles, permissions, status, version, created_at, updated_at)
       SELECT id, status, '{user}', '{}', status, 1, now(), now()
       FROM unnest($1::uuid[], $2::text[]) AS account (id, status)`,
      [Object.values(ids), Object.keys(ids)],
    );
    const all = [createUser, keepOutgoingEvents, finishSignUps];
    const left = await at(
      all,
      'SELECT id, status, pending_until <= now() AS "isOverdue" FROM "user" ORDER BY status',
    );
    expect(left).toEqual([
      { id: ids.active, status: 'active', isOverdue: null },
      { id: ids.pending, status: 'pending', isOverdue: true },
    ]);
    const [row, ...others] = await at(all, 'SELECT id, topic, event, awaiting FROM outbox');
    expect(others).toEqual([]);
    const event = userEvents.deleted.envelope.parse({
      ...(row?.['event'] as object),
      sequence: '1',
    });
    expect(event.data).toEqual({ userId: ids.deleting });
    expect(row).toMatchObject({ id: event.id, topic: 'users.deleted', awaiting: ['auth'] });
  });
});
