/**
 * The crash campaign: kill -9 of orders or products at statements drawn from a seed, under load.
 * usage: npm run crash -- [--seed N] [--seeds N] [--points N] [--json] [--verbose]
 *   --seed    the first seed (1); --seeds how many (5, or 1 when a seed is given)
 *   --points  crashes of each seed (40)
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import startTestServers from '../tools/jest-setup.mjs';
import stopTestServers from '../tools/jest-teardown.mjs';
import { ensureBuilt } from '../tools/local/build.mjs';
import { makeProgress } from '../tools/local/progress.mjs';
import { runCampaign } from './crash/campaign.mjs';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    points: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

function seedsFrom({ seed, seeds }) {
  const count = Number(seeds ?? (seed ? 1 : 5));
  return Array.from({ length: count }, (_, index) => Number(seed ?? 1) + index);
}

async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

const total = (crashes, key) => crashes.reduce((sum, crash) => sum + crash[key], 0);

/** One row of the table. What is wrong at a point and still wrong at the next counts at both. */
function rowOf({ seed, crashes, settled, attempts, faults }) {
  const all = [...crashes, { lateOutbox: 0, ...settled }];
  const told = (state) => attempts.filter((attempt) => attempt.state === state).length;
  return {
    seed,
    points: crashes.length,
    orders: attempts.length,
    confirmed: told('confirmed'),
    cancelled: told('cancelled'),
    refused: told('refused'),
    expired: told('expired'),
    abandoned: told('left'),
    lost: total(all, 'lost'),
    doubled: total(all, 'doubled'),
    wrongStock: total(all, 'wrongStock'),
    lateOutbox: total(all, 'lateOutbox'),
    faults: faults.length,
    outboxMsMax: Math.round(Math.max(...crashes.map(({ outboxMs }) => outboxMs))),
  };
}

async function main() {
  await ensureBuilt(makeProgress(process.stderr));
  // Only now is there something to import.
  const [testing, contracts] = await Promise.all([
    import('@courtside/testing'),
    import('@courtside/contracts'),
  ]);
  const ownServers = !process.env.TEST_DATABASE_URL;
  if (ownServers) await startTestServers();
  const rows = [];
  try {
    for (const seed of seedsFrom(values)) {
      const onPoint = values.verbose ? (crash) => console.error(JSON.stringify(crash)) : undefined;
      const points = Number(values.points);
      const libraries = { testing, contracts };
      const result = await runCampaign({
        seed,
        points,
        libraries,
        connect,
        ...(onPoint && { onPoint }),
      });
      for (const fault of result.faults) console.error(fault);
      rows.push(rowOf(result));
    }
  } finally {
    if (ownServers) await stopTestServers();
  }
  if (values.json) console.log(JSON.stringify(rows));
  else console.table(rows);
  const wrong = ['lost', 'doubled', 'wrongStock', 'lateOutbox', 'faults'];
  return wrong.every((key) => total(rows, key) === 0);
}

process.exitCode = (await main()) ? 0 : 1;
