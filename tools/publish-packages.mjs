/** `npm run publish:packages`: packs the libraries and the gateway's route tables. `-- --help` says how. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt } from './local/build.mjs';
import { makeProgress } from './local/progress.mjs';
import { openNpm, packFolders } from './publish/packages/npm.mjs';
import { stagePackage } from './publish/packages/stage.mjs';
import { publishable, withDependencies } from './publish/packages/workspaces.mjs';

const usage = `npm run publish:packages -- [NAME…] [options]
Packs every package of this repository that is not private, or those named with what they need, and publishes
them. What a registry has already is left as it is; the same version with other content is refused, and
nothing is published then.

  --registry URL  where to; who publishes is what .npmrc says
  --out FOLDER    keeps the packages there
  --dry-run       packs, and says what would be published
  --help          this text

Exit codes: 0 done, 1 refused or failed, 2 the command line cannot be meant.`;

class UsageError extends Error {}

function givenOptions(known) {
  const options = {
    registry: { type: 'string' },
    out: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  };
  let parsed;
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const { values, positionals } = parsed;
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(
      `There is no package ${unknown.join(', ')}; there are ${known.join(', ')}.`,
    );
  }
  const { registry, out } = values;
  if (registry && !/^https?:\/\/./.test(registry)) {
    throw new UsageError(`--registry wants http(s)://…, not "${registry}".`);
  }
  if (!registry && !out && !values['dry-run'] && !values.help) {
    throw new UsageError('Where to? --registry or --out says it.');
  }
  return {
    ...values,
    isDry: values['dry-run'],
    names: positionals.length > 0 ? positionals : known,
  };
}

async function publish(packed, { registry, isDry }) {
  const npm = openNpm(registry);
  const absent = [];
  for (const each of packed) {
    if (await npm.holds(each)) console.log(`${each.name}@${each.version}: there already, the same`);
    else absent.push(each);
  }
  for (const each of absent) {
    if (!isDry) npm.publish(each);
    console.log(`${each.name}@${each.version}${isDry ? ` would be published to ${registry}` : ''}`);
  }
}

async function packAll(names, out, work) {
  const all = publishable();
  const wanted = withDependencies(all, names);
  await ensureBuilt(makeProgress(process.stderr));
  const staged = wanted.map((each) => stagePackage(each, { into: join(work, 'staged') }));
  return packFolders(staged, out);
}

async function main() {
  const known = publishable().map(({ short }) => short);
  const given = givenOptions(known);
  if (given.help) return console.log(usage);
  const work = mkdtempSync(join(tmpdir(), 'packages-'));
  try {
    const out = given.out ? resolve(given.out) : join(work, 'packages');
    mkdirSync(out, { recursive: true });
    const packed = await packAll(given.names, out, work);
    if (given.out) for (const { file } of packed) console.log(file);
    if (given.registry) await publish(packed, given);
    else if (!given.out) for (const { name, version } of packed) console.log(`${name}@${version}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
