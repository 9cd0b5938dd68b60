/** What must hold of accounts and credentials, asked of both schemas at once, as no service may. */

/** Each is 0 as soon as everything that a crash left has been finished. */
const HALVES = `SELECT
  (SELECT count(*) FROM users."user" WHERE status <> 'active') AS unfinished,
  (SELECT count(*) FROM users."user" account WHERE NOT EXISTS (
     SELECT FROM auth.credential WHERE user_id = account.id AND hashed_password IS NOT NULL)
  ) AS "withoutPassword",
  (SELECT count(*) FROM auth.credential WHERE hashed_password IS NOT NULL
     AND user_id NOT IN (SELECT id FROM users."user")) AS "passwordsOfNobody",
  (SELECT count(*) FROM auth.session
     WHERE user_id NOT IN (SELECT id FROM users."user")) AS "sessionsOfNobody",
  (SELECT count(*) FROM users.outbox) AS unsent`;

/** What was told of each account, in the order of its name, and whether the account is there. */
const TOLD = `SELECT id::text, string_agg(topic, ' ' ORDER BY topic) AS topics, account.id IS NOT NULL AS "isThere"
  FROM (SELECT subject::uuid AS id, topic FROM users.told) told FULL JOIN users."user" account USING (id)
  GROUP BY id, account.id`;

/** What may have been told of an account that is there, and of one that is not. */
const stories = {
  there: ['users.created'],
  gone: ['users.created users.deleted', 'users.sign-up-called-off'],
};

export class Invariants {
  constructor(sql) {
    this.sql = sql;
  }

  /** @returns {Promise<Record<string, number>>} what is unfinished: nothing when all are 0 */
  async halves() {
    const { rows } = await this.sql.query(HALVES);
    return Object.fromEntries(Object.entries(rows[0]).map(([name, text]) => [name, Number(text)]));
  }

  isAtRest = async () => Object.values(await this.halves()).every((count) => count === 0);

  /**
   * @param {import('./clients.mjs').Outcome[]} outcomes what all clients know
   * @returns {Promise<string[]>} what is not as they were told
   */
  async faults(outcomes) {
    const { rows } = await this.sql.query('SELECT id, username FROM users."user"');
    const idOf = new Map(rows.map(({ id, username }) => [username, id]));
    const owners = new Map(outcomes.map((outcome) => [outcome.username, outcome]));
    const faults = [];
    for (const { username, is, id } of outcomes) {
      if (is === 'kept' && idOf.get(username) !== id) faults.push(`lost: ${username}`);
      if (is === 'deleted' && idOf.has(username)) faults.push(`came back: ${username}`);
    }
    for (const username of idOf.keys()) {
      if (!owners.has(username)) faults.push(`an account of nobody: ${username}`);
    }
    return [...faults, ...(await this.wronglyTold())];
  }

  async wronglyTold() {
    const { rows } = await this.sql.query(TOLD);
    return rows
      .filter(({ topics, isThere }) => !stories[isThere ? 'there' : 'gone'].includes(topics))
      .map(({ id, topics, isThere }) => `told of ${id}, ${isThere ? 'there' : 'gone'}: ${topics}`);
  }
}
