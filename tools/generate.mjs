/**
 * `npm run generate`: writes every file that is made from code. With `--check` it writes nothing and
 * names what has drifted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import * as prettier from 'prettier';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

const build = spawnSync(
  join('node_modules', '.bin', 'tsc'),
  ['-b', 'tsconfig.build.json', '--noCheck'],
  { stdio: ['ignore', 'inherit', 'inherit'] },
);
if (build.status !== 0) process.exit(1);

const makers = await Promise.all(
  [
    'topology',
    'environment',
    'errors',
    'services',
    'route-schema',
    'client',
    'asyncapi',
    'contracts',
  ].map((name) => import(`./generate/${name}.mjs`)),
);
const files = (await Promise.all(makers.map(({ files: make }) => make()))).flat();

const stale = [];
for (const { path, text, parser } of files) {
  const formatted = parser
    ? await prettier.format(text, { ...(await options(path)), parser })
    : text;
  if (existsSync(path) && readFileSync(path, 'utf8') === formatted) continue;
  stale.push(path);
  if (values.check) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, formatted);
}

async function options(path) {
  return prettier.resolveConfig(path);
}

const verb = values.check ? 'is not what the code makes now: npm run generate' : 'written';
for (const path of stale) console.log(`${path} ${verb}`);
process.exit(values.check && stale.length > 0 ? 1 : 0);
