/** One fault done to one transport, from empty servers to the row of its table. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../crash/random.mjs';
import { until } from '../crash/until.mjs';
import { contenders } from './contenders.mjs';
import { calm, faults } from './faults.mjs';
import { isAllHandled, serviceAfter, takeovers, tally } from './journal.mjs';
import { Replicas } from './replicas.mjs';
import { Traffic } from './traffic.mjs';

/** Rounds of one event and two calls per second, of each lane and of all together. */
const ROUNDS_PER_SECOND = 60;
const ROUNDS_PER_SECOND_MAX = 160;
/** What a handler takes. */
const WORK_MS = 20;
/** What was acknowledged and is not handled this long after everything is over is lost. */
const SETTLE_MS = { durable: 10_000, fleeting: 2_000 };

/** What is to be closed, the first one last. */
const open = [];
const atEnd = (close) => open.push(close);

/** Ends every process of the fault that is under way. */
export async function closeAll() {
  for (let close = open.pop(); close; close = open.pop()) await close();
}

const rank = (values, share) => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

/**
 * @param {{ fault: string, contender: string, seed: number, points: number, lanes: number,
 *   program: string }} what
 * @returns the figures of one row
 */
export async function runFault({ fault, contender, seed, points, lanes, program }) {
  const plan = faults[fault];
  const home = mkdtempSync(join(tmpdir(), 'courtside-faults-'));
  atEnd(() => rmSync(home, { recursive: true, force: true }));
  try {
    const servers = await plan.start(program);
    atEnd(() => servers.close());
    const all = Math.ceil(points * (plan.share ?? 1));
    const count = plan.hasLanes ? Math.min(lanes, all) : 1;
    const runs = Array.from({ length: count }, (_, lane) =>
      runLane({
        plan,
        contender,
        servers,
        service: `bench-${lane}`,
        journal: join(home, `journal-${lane}`),
        roundsPerSecond: Math.min(ROUNDS_PER_SECOND, ROUNDS_PER_SECOND_MAX / count),
        seed: seed + lane,
        points: Math.floor((all + lane) / count),
      }),
    );
    // One that fails ends all, but not before the others have let go of what is being closed.
    const ended = await Promise.allSettled(runs);
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed) throw failed.reason;
    return { fault, contender, ...joined(ended.map(({ value }) => value)) };
  } finally {
    await closeAll();
  }
}

/** One set of replicas with traffic of its own, and what is done to it. */
async function runLane(lane) {
  const { plan, contender, servers, service, journal, roundsPerSecond, seed, points } = lane;
  const { isDurable, connect } = contenders[contender];
  writeFileSync(journal, '');
  const address = { ...servers.address, service };
  const replicas = new Replicas({ contender, address, journal, workMs: WORK_MS });
  atEnd(() => replicas.close());
  for (let count = 0; count < plan.replicas; count++) await replicas.start();
  const { copies, deadlineMs } = plan;
  const client = await connect(address, { copies, deadlineMs });
  atEnd(() => client.close());
  const traffic = new Traffic(client, roundsPerSecond);
  const kills = [];
  traffic.start();
  await calm();
  const backAt = await plan.strike({
    servers,
    service,
    replicas,
    kills,
    contender: contenders[contender],
    random: randomFrom(seed),
    points,
  });
  await calm();
  await traffic.stop();
  const settleMs = isDurable ? SETTLE_MS.durable : SETTLE_MS.fleeting;
  // What does not come is counted below.
  await until('all handled', () => isAllHandled(journal, traffic), settleMs).catch(() => {});
  return figures({ journal, traffic, kills, backAt });
}

function figures({ journal, traffic, kills, backAt }) {
  const waits = takeovers(
    journal,
    kills.map(({ at }) => at),
  );
  return {
    ...tally(journal, traffic),
    kills: kills.length,
    held: kills.reduce((sum, { held }) => sum + held, 0),
    waits,
    serviceMs: backAt && serviceAfter(journal, traffic, backAt),
  };
}

/** The figures of all lanes as those of one. */
function joined(lanes) {
  const errors = {};
  for (const lane of lanes) {
    for (const [code, n] of Object.entries(lane.errors)) errors[code] = (errors[code] ?? 0) + n;
  }
  const [{ waits: _, errors: __, ...first }, ...others] = lanes;
  const sum = { ...first };
  for (const lane of others) {
    for (const key of Object.keys(first)) sum[key] += lane[key];
  }
  return {
    ...sum,
    errors,
    worstMs: Math.max(...lanes.map(({ worstMs }) => worstMs)),
    takeoverP99Ms: rank(
      lanes.flatMap(({ waits }) => waits),
      0.99,
    ),
    // What does something to Redis has one lane.
    serviceMs: first.serviceMs,
  };
}
