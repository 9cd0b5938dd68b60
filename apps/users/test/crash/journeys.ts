import type { Problem } from '@courtside/contracts';
import { newId } from '@courtside/service';
import { aName } from '../users.js';
import type { World } from './world.js';

/** What became of one client's account, as far as the client knows. */
export interface Outcome {
  readonly username: string;
  /** `given-up`: asked once, heard of a failure and never came back. */
  readonly is: 'kept' | 'deleted' | 'refused' | 'given-up';
  readonly id?: string;
}

/** Longer than a restart and the takeover of what the dead process had begun. */
const PERSISTS_MS = 20_000;

/** Four clients at once: each death meets all that can be under way. */
export async function journeys(world: World): Promise<Outcome[]> {
  const contested = aName();
  const outcomes = await Promise.all([
    keeps(world, aName()),
    deletes(world, aName()),
    givesUp(world, aName()),
    keeps(world, contested),
    keeps(world, contested),
  ]);
  return outcomes;
}

async function keeps(world: World, username: string): Promise<Outcome> {
  const user = await signUp(world, username);
  if (!user) return { username, is: 'refused' };
  await persist(() => world.signIn(username));
  return { username, is: 'kept', id: user.id };
}

async function deletes(world: World, username: string): Promise<Outcome> {
  const user = await signUp(world, username);
  if (!user) return { username, is: 'refused' };
  const key = newId();
  await persist(() => world.delete(user.id, key));
  return { username, is: 'deleted', id: user.id };
}

async function givesUp(world: World, username: string): Promise<Outcome> {
  try {
    const { id } = await world.create(username, newId());
    return { username, is: 'kept', id };
  } catch (problem) {
    if (!isPassing(problem)) throw problem;
    return { username, is: 'given-up' };
  }
}

/** Undefined when the name is somebody else's. */
async function signUp(world: World, username: string) {
  const key = newId();
  try {
    return await persist(() => world.create(username, key));
  } catch (problem) {
    if ((problem as Problem).code === 'users.username-taken') return undefined;
    throw problem;
  }
}

/** Asks again while the answer is that there is none, as a client with a key may. */
async function persist<T>(ask: () => Promise<T>): Promise<T> {
  const end = Date.now() + PERSISTS_MS;
  for (;;) {
    try {
      return await ask();
    } catch (problem) {
      if (!isPassing(problem) || Date.now() > end) throw problem;
    }
  }
}

const isPassing = (problem: unknown): boolean =>
  ['service.late', 'service.unavailable', 'service.overloaded'].includes((problem as Problem).code);
