/**
 * `npm run test:nest -- --from DIR`: NestJS's own tests of its Redis transport, from a checkout of
 * its sources, with our transport in the place of its own.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = resolve(here, '..', '..', '..');
const usage = 'npm run test:nest -- --from DIR (the sources of NestJS, github.com/nestjs/nest)';
const spec = join('integration', 'microservices', 'e2e', 'sum-redis.spec.ts');

function misused(sentence) {
  console.error(sentence);
  process.exit(2);
}

function chosenSource() {
  let values;
  try {
    ({ values } = parseArgs({ options: { from: { type: 'string' }, help: { type: 'boolean' } } }));
  } catch (error) {
    misused(error.message);
  }
  if (values.help) {
    console.log(usage);
    process.exit(0);
  }
  if (values.from === undefined) misused(`it must be told where NestJS's tests are: ${usage}`);
  // npm runs this at the top of the project, not where it was called.
  const source = resolve(process.env.INIT_CWD ?? '.', values.from);
  if (!existsSync(join(source, spec))) misused(`${source} has no ${spec}`);
  return source;
}

/** Tests of another major version say nothing of the NestJS that we run on. */
function checkVersion(source) {
  const versionIn = (...path) => JSON.parse(readFileSync(join(...path), 'utf8')).version;
  const theirs = versionIn(source, 'packages', 'microservices', 'package.json');
  const ours = versionIn(root, 'node_modules', '@nestjs', 'microservices', 'package.json');
  console.log(`Tests of NestJS ${theirs}, run on NestJS ${ours}`);
  const [theirMajor, ourMajor] = [theirs, ours].map((version) => version.split('.')[0]);
  if (theirMajor !== ourMajor) misused(`the sources are of NestJS ${theirMajor}, not ${ourMajor}`);
}

async function run(command, args, options) {
  const child = spawn(command, args, { stdio: 'inherit', cwd: root, ...options });
  const [code] = await once(child, 'exit');
  if (code !== 0) process.exit(code ?? 1);
}

function isInstalled() {
  const list = join(here, 'node_modules', '.package-lock.json');
  return (
    existsSync(list) && statSync(list).mtimeMs >= statSync(join(here, 'package-lock.json')).mtimeMs
  );
}

const source = chosenSource();
checkVersion(source);
if (!isInstalled()) await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here });
const bin = (name) => join(root, 'node_modules', '.bin', name);
await run(bin('tsc'), ['-p', here]);
await run(bin('jest'), ['--config', join(here, 'jest.config.mjs'), '--runInBand'], {
  env: { ...process.env, NEST_SOURCE: source },
});
