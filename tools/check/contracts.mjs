/** Refuses what would break whoever was built on the last release: callers, subscribers, clients. */
import { existsSync, readFileSync } from 'node:fs';
import { breaks } from '../compatibility/contracts.mjs';
import { report } from '../compatibility/report.mjs';

const RELEASED = 'docs/released/contracts.json';
const NOW = 'docs/generated/contracts.json';

const absent = [
  [RELEASED, 'npm run release:contracts'],
  [NOW, 'npm run generate'],
].filter(([path]) => !existsSync(path));
for (const [path, command] of absent) console.log(`${path} is missing: ${command}`);
if (absent.length > 0) process.exit(1);

const [released, now] = [RELEASED, NOW].map((path) => JSON.parse(readFileSync(path, 'utf8')));
const found = breaks(released, now, new Date().toISOString().slice(0, 10));
if (found.length > 0) console.log(report(found, released));
process.exit(found.length === 0 ? 0 : 1);
