import type { Problem } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { eventually } from '@courtside/testing';
import type { Outcome } from './journeys.js';
import type { World } from './world.js';

/** How long all may take to be in order after the last death, takeover and retry included. */
const SETTLES_WITHIN_MS = 15_000;

interface State {
  readonly unfinished: number;
  readonly withoutPassword: number;
  readonly passwordsOfNobody: number;
  readonly sessionsOfNobody: number;
  readonly undelivered: number;
}

const STATE = `SELECT
  (SELECT count(*)::int FROM users."user" WHERE status <> 'active') AS unfinished,
  (SELECT count(*)::int FROM users."user" u WHERE NOT EXISTS (
    SELECT FROM auth.credential WHERE user_id = u.id AND hashed_password IS NOT NULL)
  ) AS "withoutPassword",
  (SELECT count(*)::int FROM auth.credential WHERE hashed_password IS NOT NULL
    AND user_id NOT IN (SELECT id FROM users."user")) AS "passwordsOfNobody",
  (SELECT count(*)::int FROM auth.session
    WHERE user_id NOT IN (SELECT id FROM users."user")) AS "sessionsOfNobody",
  (SELECT count(*)::int FROM users.outbox) AS undelivered`;

/** What was told of each account, and whether it is there. */
const TOLD = `SELECT subject AS id, array_agg(topic ORDER BY topic) AS topics,
    EXISTS (SELECT FROM users."user" WHERE id::text = subject) AS "isThere"
  FROM users.told GROUP BY subject`;

/** What may have been told of an account that is there, and of one that is not. */
const STORIES = {
  there: ['users.created'],
  gone: ['users.created,users.deleted', 'users.sign-up-called-off'],
};

/** Everything that is not as it was promised, once all has come to rest; none, it is hoped. */
export async function faultsOf(world: World, outcomes: readonly Outcome[]): Promise<string[]> {
  const faults: string[] = [];
  await atRest(world).catch((error: Error) => faults.push(error.message));
  const rows = await world.query<{ id: string; username: string }>(
    'SELECT id, username FROM users."user"',
  );
  const idOf = new Map(rows.map(({ id, username }) => [username, id]));
  for (const outcome of outcomes) {
    const fault = await broken(world, outcome, idOf.get(outcome.username));
    if (fault) faults.push(`${outcome.username} (${outcome.is}): ${fault}`);
  }
  const known = new Set(outcomes.map(({ username }) => username));
  for (const name of idOf.keys()) if (!known.has(name)) faults.push(`${name}: nobody's account`);
  return [...faults, ...(await wronglyTold(world))];
}

async function atRest(world: World): Promise<void> {
  let state: State | undefined;
  const isAtRest = async () => {
    [state] = await world.query<State>(STATE);
    return Object.values(state!).every((count) => count === 0);
  };
  await eventually('all to be in order', isAtRest, SETTLES_WITHIN_MS).catch(() => {
    throw new Error(`not in order after ${SETTLES_WITHIN_MS} ms: ${JSON.stringify(state)}`);
  });
}

async function broken(world: World, outcome: Outcome, id: string | undefined) {
  const { username } = outcome;
  switch (outcome.is) {
    case 'kept':
      if (id !== outcome.id) return `its account is ${id}`;
      return (await signsIn(world, username)) ? undefined : 'cannot sign in';
    case 'refused':
      return id === undefined || (await signsIn(world, username)) ? undefined : 'lost to nobody';
    case 'deleted':
      if (id !== undefined) return 'its account is still there';
      if (await signsIn(world, username)) return 'can still sign in';
      return isFree(world, username);
    case 'given-up':
      if (id === undefined) return isFree(world, username);
      return (await signsIn(world, username)) ? undefined : 'half an account';
  }
}

async function signsIn(world: World, username: string): Promise<boolean> {
  try {
    await world.signIn(username);
    return true;
  } catch (problem) {
    if ((problem as Problem).code === 'auth.credentials-wrong') return false;
    throw problem;
  }
}

async function isFree(world: World, username: string): Promise<string | undefined> {
  try {
    const { id } = await world.create(username, newId());
    await world.delete(id, newId());
    return undefined;
  } catch (problem) {
    return `its name is not free: ${String(problem)}`;
  }
}

async function wronglyTold(world: World): Promise<string[]> {
  const told = await world.query<{ id: string; topics: string[]; isThere: boolean }>(TOLD);
  const untold = await world.query<{ id: string }>(
    'SELECT id FROM users."user" WHERE id::text NOT IN (SELECT subject FROM users.told)',
  );
  return [
    ...untold.map(({ id }) => `${id}: nothing was told of it`),
    ...told
      .filter(({ topics, isThere }) => {
        return !STORIES[isThere ? 'there' : 'gone'].includes(topics.join());
      })
      .map(({ id, topics, isThere }) => `${id}: ${isThere ? 'there' : 'gone'}, told ${topics}`),
  ];
}
