/**
 * `npm run check`: everything that can be checked without starting a server, in under a minute.
 * usage: npm run check -- [--list] [--only NAME,NAME] [--help]
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const bin = (name) => join('node_modules', '.bin', name);
const node = (...args) => [process.execPath, ...args];

/** Steps by name, the slowest first, so that two cores end at about the same time. */
const steps = {
  types: { says: 'TypeScript agrees, specs included', run: [bin('tsc'), '-p', 'tsconfig.json'] },
  unit: { says: 'unit specs pass', run: [bin('jest'), '--selectProjects', 'unit', '--silent'] },
  dead: { says: 'no unused file, export or dependency', run: [bin('knip'), '--no-progress'] },
  format: {
    says: 'Prettier has nothing to change',
    run: [bin('prettier'), '--check', '--cache', '--log-level', 'warn', '.'],
  },
  imports: {
    says: 'imports run downhill, no cycle',
    run: [bin('depcruise'), 'apps', 'libs', '--config', '.dependency-cruiser.cjs'],
  },
  generated: {
    says: 'generated files are what the code makes now',
    run: node('tools/generate.mjs', '--check'),
  },
  duplication: { says: 'nothing is written twice', run: node('tools/check/duplication.mjs') },
  shape: { says: 'files and functions are small', run: node('tools/check/shape.mjs') },
  lint: { says: 'oxlint finds nothing', run: [bin('oxlint'), '--quiet'] },
  contracts: {
    says: 'nothing breaks whoever was built on the last release',
    run: node('tools/check/contracts.mjs'),
  },
  apps: { says: 'every app has all its parts', run: node('tools/check/apps.mjs') },
  secrets: { says: 'no secret is committed', run: node('tools/check/secrets.mjs') },
};

/** Two cores, and most steps use one. */
const SIDE_BY_SIDE = 2;

function chosenSteps() {
  const options = {
    only: { type: 'string' },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  };
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    misused(error.message);
  }
  if (values.list || values.help) {
    console.log('npm run check -- [--list] [--only NAME,NAME]\n');
    for (const [name, { says }] of Object.entries(steps))
      console.log(`  ${name.padEnd(12)}${says}`);
    process.exit(0);
  }
  if (values.only === undefined) return Object.keys(steps);
  const names = values.only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !Object.hasOwn(steps, name));
  if (unknown.length > 0) {
    misused(`there is no step ${unknown.join(', ')}: there are ${Object.keys(steps).join(', ')}`);
  }
  return names;
}

function misused(sentence) {
  console.error(sentence);
  process.exit(2);
}

/** Runs one step; resolves with what it printed and whether it passed. */
function runStep(name) {
  const since = Date.now();
  const [program, ...args] = steps[name].run;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => (output += data));
  child.stderr.on('data', (data) => (output += data));
  return new Promise((resolve) => {
    const end = (passed) => resolve({ name, passed, output, seconds: (Date.now() - since) / 1000 });
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('exit', (code) => end(code === 0));
  });
}

async function runAll(names) {
  const waiting = [...names];
  const failed = [];
  const worker = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const { passed, output, seconds } = await runStep(name);
      console.log(
        `${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(12)} ${seconds.toFixed(1)} s  ${steps[name].says}`,
      );
      if (!passed) {
        failed.push(name);
        console.log(output.trimEnd());
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
  return failed;
}

const names = chosenSteps();
const since = Date.now();
const failed = await runAll(names);
const seconds = ((Date.now() - since) / 1000).toFixed(1);
console.log(
  failed.length === 0
    ? `${names.length} checks passed in ${seconds} s`
    : `${failed.length} of ${names.length} checks failed in ${seconds} s: ${failed.join(', ')}`,
);
process.exit(failed.length === 0 ? 0 : 1);
