import { SeededRandom, type DeathAt } from '@courtside/testing';
import { faultsOf } from './faults.js';
import { journeys, type Outcome } from './journeys.js';
import { World } from './world.js';

/** A death that is not reached is waited for with so many more journeys at most. */
const ROUNDS_MAX = 10;

export interface Campaign {
  readonly seed: number;
  /** How many deaths. */
  readonly points: number;
}

export interface CampaignResult {
  /** Which process died at which statement, `users before statement 7: COMMIT`. */
  readonly deaths: readonly string[];
  readonly accounts: number;
  /** What was not as promised. */
  readonly faults: readonly string[];
}

/** Kills users and auth at random statements while clients come and go; then looks at what is left. */
export async function crashCampaign({ seed, points }: Campaign): Promise<CampaignResult> {
  const random = new SeededRandom(seed);
  const world = await World.start();
  try {
    const outcomes: Outcome[] = [];
    const statementsMax = await statementsOf(world, async () => {
      outcomes.push(...(await journeys(world)));
    });
    for (let point = 0; point < points; point++) {
      const victim = random.pick(['users', 'auth'] as const);
      const when = random.pick(['before', 'after'] as const);
      const statement = random.upTo(statementsMax[victim]);
      outcomes.push(...(await untilDead(world, victim, { when, statement })));
    }
    const faults = await faultsOf(world, outcomes);
    const deaths = (['users', 'auth'] as const).flatMap((name) =>
      world[name].deaths.map((death) => `${name} ${death}`),
    );
    return { deaths, accounts: outcomes.length, faults };
  } finally {
    await world.close();
  }
}

/** How many statements each process sends meanwhile: where a death can hit something. */
async function statementsOf(
  world: World,
  work: () => Promise<void>,
): Promise<Record<'users' | 'auth', number>> {
  const never: DeathAt = { when: 'before', statement: Number.MAX_SAFE_INTEGER };
  world.users.dieAt(never);
  world.auth.dieAt(never);
  await work();
  return { users: await world.users.statements(), auth: await world.auth.statements() };
}

async function untilDead(world: World, victim: 'users' | 'auth', at: DeathAt): Promise<Outcome[]> {
  const app = world[victim];
  const deathsBefore = app.deaths.length;
  const outcomes: Outcome[] = [];
  app.dieAt(at);
  for (let round = 0; app.deaths.length === deathsBefore; round++) {
    if (round === ROUNDS_MAX) throw new Error(`${victim} did not die at ${at.statement}`);
    outcomes.push(...(await journeys(world)));
  }
  await app.untilUp();
  return outcomes;
}
