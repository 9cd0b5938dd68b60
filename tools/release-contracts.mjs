/**
 * `npm run release:contracts`: records the contracts of this moment as released. From then on
 * `npm run check` refuses what would break whoever is built on them.
 * usage: npm run release:contracts -- [--replace] [--help]
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';
import { breaks } from './compatibility/contracts.mjs';
import { report } from './compatibility/report.mjs';

const RELEASED = 'docs/released/contracts.json';
const NOW = 'docs/generated/contracts.json';
const usage = `npm run release:contracts -- [--replace]
  --replace   what is recorded was never released: forget it, whatever breaks`;

function givenOptions() {
  const options = { replace: { type: 'boolean' }, help: { type: 'boolean' } };
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error.message}\n${usage}`);
    return process.exit(2);
  }
}

const { replace, help } = givenOptions();
if (help) {
  console.log(usage);
  process.exit(0);
}
const made = spawnSync(process.execPath, ['tools/generate.mjs'], { stdio: 'inherit' });
if (made.status !== 0) process.exit(1);

const now = JSON.parse(readFileSync(NOW, 'utf8'));
const date = new Date().toISOString().slice(0, 10);
if (existsSync(RELEASED) && !replace) {
  const released = JSON.parse(readFileSync(RELEASED, 'utf8'));
  const found = breaks(released, now, date);
  if (found.length > 0) {
    console.log(report(found, released));
    process.exit(1);
  }
}
const { version, ...state } = now;
const text = JSON.stringify({ version, date, ...state });
mkdirSync('docs/released', { recursive: true });
writeFileSync(
  RELEASED,
  await prettier.format(text, { ...(await prettier.resolveConfig(RELEASED)), parser: 'json' }),
);
console.log(`${RELEASED} is what ${version} of ${date} promises`);
