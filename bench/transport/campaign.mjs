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

/** Rounds of one event and two calls per second. */
const ROUNDS_PER_SECOND = 60;
/** What a handler takes. */
const WORK_MS = 20;
/** What was acknowledged and is not handled this long after everything is over is lost. */
const SETTLE_MS = { durable: 10_000, fleeting: 2_000 };

/** What is to be closed, the first one last. */
const open = [];

/** Ends every process of the fault that is under way. */
export async function closeAll() {
  for (let close = open.pop(); close; close = open.pop()) await close();
}

const rank = (values, share) => {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
};

/**
 * @param {{ fault: string, contender: string, seed: number, points: number, program: string }} what
 * @returns the figures of one row
 */
export async function runFault({ fault, contender, seed, points, program }) {
  const [plan, { isDurable }] = [faults[fault], contenders[contender]];
  const home = mkdtempSync(join(tmpdir(), 'courtside-faults-'));
  const journal = join(home, 'journal');
  writeFileSync(journal, '');
  const atEnd = (close) => open.push(close);
  atEnd(() => rmSync(home, { recursive: true, force: true }));
  try {
    const servers = await plan.start(program);
    atEnd(() => servers.close());
    const { address } = servers;
    const replicas = new Replicas({ contender, address, journal, workMs: WORK_MS });
    atEnd(() => replicas.close());
    for (let count = 0; count < plan.replicas; count++) await replicas.start();
    const { copies, deadlineMs } = plan;
    const client = await contenders[contender].connect(address, { copies, deadlineMs });
    atEnd(() => client.close());
    const traffic = new Traffic(client, ROUNDS_PER_SECOND);
    const kills = [];
    traffic.start();
    await calm();
    const backAt = await plan.strike({
      servers,
      replicas,
      kills,
      contender: contenders[contender],
      random: randomFrom(seed),
      points: Math.ceil(points * (plan.share ?? 1)),
    });
    await calm();
    await traffic.stop();
    const settleMs = isDurable ? SETTLE_MS.durable : SETTLE_MS.fleeting;
    // What does not come is counted below.
    await until('all handled', () => isAllHandled(journal, traffic), settleMs).catch(() => {});
    return { fault, contender, ...figures({ journal, traffic, kills, backAt }) };
  } finally {
    await closeAll();
  }
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
    takeoverP99Ms: rank(waits, 0.99),
    serviceMs: backAt && serviceAfter(journal, traffic, backAt),
  };
}
