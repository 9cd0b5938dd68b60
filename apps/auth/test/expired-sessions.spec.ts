import { Cleaning } from '@courtside/database';
import { AuthSpec } from './auth.js';

let spec: AuthSpec;
beforeAll(async () => (spec = await AuthSpec.start()), 30_000);
afterAll(() => spec?.close());

const sessionsOf = async (userId: string): Promise<number> => {
  const sql = 'SELECT count(*)::int AS n FROM session WHERE user_id = $1';
  return (await spec.query<{ n: number }>(sql, [userId]))[0]?.n ?? 0;
};

describe('a session whose time is over', () => {
  it('is deleted, also of somebody who never signs in again, and no other is', async () => {
    const [gone, here] = [await spec.aUser(), await spec.aUser()];
    await spec.signIn(gone);
    const tokens = await spec.signIn(here);
    const sql = `UPDATE session SET expires_at = now() - interval '1 day' WHERE user_id = $1`;
    await spec.query(sql, [gone.id]);
    await spec.platform.running.get('auth')!.context.get(Cleaning, { strict: false }).run();
    expect([await sessionsOf(gone.id), await sessionsOf(here.id)]).toEqual([0, 1]);
    expect(await spec.check(tokens)).not.toBeNull();
  });

  it('is found by an index, however many live', async () => {
    await spec.query('SET enable_seqscan = off');
    await spec.query(
      `INSERT INTO session (id, user_id, family_digest, refresh_digest, created_at, last_used_at, expires_at)
       SELECT gen_random_uuid(), gen_random_uuid(), '', '', now(), now(), now() + interval '1 day'
       FROM generate_series(1, 5000)`,
    );
    await spec.query('ANALYZE session');
    const plan = await spec.query<{ 'QUERY PLAN': string }>(
      'EXPLAIN SELECT ctid FROM session WHERE expires_at < now() LIMIT 1000',
    );
    expect(JSON.stringify(plan)).toContain('session_expires_at');
  });
});
