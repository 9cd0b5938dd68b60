/**
 * The crash campaigns: kill -9 of services at statements drawn from a seed, while clients are at work.
 * usage: npm run crash -- [orders] [accounts] [--seed N] [--seeds N] [--points N] [--json] [--verbose]
 *   orders    kills orders and products; accounts kills users and auth; all unless named
 *   --seed    the first seed (1); --seeds how many (5, or 1 when a seed is given)
 *   --points  crashes of each seed (40)
 */
import { parseArgs } from 'node:util';
import pg from 'pg';
import startTestServers from '../tools/jest-setup.mjs';
import stopTestServers from '../tools/jest-teardown.mjs';
import { ensureBuilt } from '../tools/local/build.mjs';
import { makeProgress } from '../tools/local/progress.mjs';
import * as accounts from './crash/accounts/campaign.mjs';
import * as orders from './crash/orders/campaign.mjs';

const campaigns = { orders, accounts };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    points: { type: 'string', default: '40' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const names = positionals.length > 0 ? positionals : Object.keys(campaigns);
const unknown = names.find((name) => !Object.hasOwn(campaigns, name));
if (unknown !== undefined) {
  console.error(`there is no campaign ${unknown}: there are ${Object.keys(campaigns).join(', ')}`);
  process.exit(2);
}

function seedsFrom({ seed, seeds }) {
  const count = Number(seeds ?? (seed ? 1 : 5));
  return Array.from({ length: count }, (_, index) => Number(seed ?? 1) + index);
}

async function connect(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client;
}

/** @returns the rows of one campaign's table, a row for each seed */
async function run({ runCampaign }, libraries) {
  const rows = [];
  for (const seed of seedsFrom(values)) {
    const onPoint = values.verbose ? (crash) => console.error(JSON.stringify(crash)) : () => {};
    const points = Number(values.points);
    const { row, faults } = await runCampaign({ seed, points, libraries, connect, onPoint });
    for (const fault of faults) console.error(fault);
    rows.push(row);
  }
  return rows;
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
  let isWell = true;
  try {
    for (const name of names) {
      const rows = await run(campaigns[name], { testing, contracts });
      if (values.json) console.log(JSON.stringify(rows));
      else console.table(rows);
      isWell &&= rows.every((row) => campaigns[name].wrong.every((key) => row[key] === 0));
    }
  } finally {
    if (ownServers) await stopTestServers();
  }
  return isWell;
}

process.exitCode = (await main()) ? 0 : 1;
