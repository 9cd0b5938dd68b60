/**
 * One seed of the crash campaign of accounts: users and auth run as processes of their own while
 * clients come and go, one of them is killed at a statement drawn from the seed and started again,
 * and what is left is asked of both schemas and of the clients. As often as there are points.
 */
import { readFile } from 'node:fs/promises';
import { randomFrom } from '../random.mjs';
import { Replica } from '../replica.mjs';
import { until } from '../until.mjs';
import { Clients } from './clients.mjs';
import { Invariants } from './invariants.mjs';

const SETTLED_WITHIN_MS = 30_000;
/** The takeover of what a dead process had begun, a retry and a sweep have room in this. */
const LATE_AFTER_MS = 10_000;
/** What each sends while five clients are at work, about: a later statement finds nobody at work. */
const STATEMENTS = { users: 50, auth: 40 };
const COMMITS = { users: 12, auth: 8 };

const rememberEvents = new URL('../../../apps/users/test/remember-events.sql', import.meta.url);

/** Where a process dies: at any statement, or right after a commit whose answer nobody hears. */
function pointFrom(random) {
  const service = random.oneOf(['users', 'auth']);
  if (random.chance(0.25)) {
    return { service, when: 'after', only: 'COMMIT', at: random.between(1, COMMITS[service]) };
  }
  const when = random.oneOf(['before', 'after']);
  return { service, when, at: random.between(1, STATEMENTS[service]) };
}

class Campaign {
  /** @type {import('./clients.mjs').Outcome[]} */
  outcomes = [];

  constructor({ platform, sql, libraries, seed }) {
    const { testing, contracts } = libraries;
    this.random = randomFrom(seed);
    this.sql = sql;
    this.invariants = new Invariants(sql);
    this.clients = new Clients({ platform, contracts, admin: testing.anAdmin() });
    const aReplica = (service) => new Replica(service, platform.environmentOf(service));
    this.replicas = { users: aReplica('users'), auth: aReplica('auth') };
  }

  async begin() {
    await Promise.all(Object.values(this.replicas).map((replica) => replica.begin()));
    await this.sql.query(`SET search_path = users; ${await readFile(rememberEvents, 'utf8')}`);
    this.outcomes.push(...(await this.clients.journeys()));
  }

  /** @returns {Promise<object>} what was wrong after this crash, and how long all took to settle */
  async crash() {
    const { service, ...point } = pointFrom(this.random);
    const replica = this.replicas[service];
    const { died } = await replica.arm(point);
    const restart = { isDone: false };
    let since = 0;
    const restarted = died.then(async () => {
      restart.isDone = true;
      const at = replica.lastWords;
      await replica.begin();
      since = performance.now();
      return at;
    });
    const outcomes = [];
    while (!restart.isDone) outcomes.push(...(await this.clients.journeys()));
    const at = await restarted;
    const halves = await this.rest();
    const settledMs = performance.now() - since;
    this.outcomes.push(...outcomes);
    const faults = [...halves, ...(await this.clients.verify(outcomes))];
    return { service, at, accounts: outcomes.length, settledMs, faults };
  }

  /** @returns {Promise<string[]>} what is still half when it should long be whole */
  async rest() {
    try {
      await until('rest', this.invariants.isAtRest, SETTLED_WITHIN_MS);
      return [];
    } catch {
      return [`not finished: ${JSON.stringify(await this.invariants.halves())}`];
    }
  }

  /** After the last: whatever the clients just did is finished too, and nothing came or went. */
  async settle() {
    return [...(await this.rest()), ...(await this.invariants.faults(this.outcomes))];
  }

  async end() {
    await Promise.all(Object.values(this.replicas).map((replica) => replica.end()));
  }
}

/** The figures of a row that must be 0. */
export const wrong = ['late', 'faults'];

function rowOf({ seed, crashes, outcomes, faults }) {
  const became = (what) => outcomes.filter(({ is }) => is === what).length;
  return {
    seed,
    points: crashes.length,
    ofUsers: crashes.filter(({ service }) => service === 'users').length,
    accounts: outcomes.length,
    kept: became('kept'),
    deleted: became('deleted'),
    refused: became('refused'),
    givenUp: became('given-up'),
    faults: faults.length,
    late: crashes.filter(({ settledMs }) => settledMs > LATE_AFTER_MS).length,
    settledMsMax: Math.round(Math.max(...crashes.map(({ settledMs }) => settledMs))),
  };
}

/** Runs `points` crashes of one seed. @returns its row of the table, and its faults in words */
export async function runCampaign({ seed, points, libraries, connect, onPoint = () => {} }) {
  const platform = await libraries.testing.aPlatform([]);
  const sql = await connect(platform.database.adminUrl);
  const campaign = new Campaign({ platform, sql, libraries, seed });
  const crashes = [];
  try {
    await campaign.begin();
    for (let index = 0; index < points; index++) {
      const crash = await campaign.crash();
      crashes.push(crash);
      onPoint(crash);
    }
    const { outcomes } = campaign;
    const faults = [...crashes.flatMap((crash) => crash.faults), ...(await campaign.settle())];
    return { row: rowOf({ seed, crashes, outcomes, faults }), faults };
  } finally {
    await campaign.end();
    await sql.end();
    await platform.close();
  }
}
