/** `npm run affected`: what a change touches, so that nothing else is built. `-- --help` says how. */
import { parseArgs } from 'node:util';
import { changedPaths, packagesAt } from './affected/git.mjs';
import { affectedBy } from './affected/graph.mjs';

const usage = `npm run affected -- --base REVISION [options]
Prints what differs between two revisions, and whatever uses it: one name a line, nothing when nothing does.

  --base REVISION   what it was: a commit, tag or branch
  --head REVISION   what it is now (HEAD)
  --all             everything there is, without asking what changed
  --only KIND       apps      apps by name
                    images    images by name, as npm run images takes them: apps and bundled data stores
                    libs      libraries by name
                    charts    charts by name
                    tests     folders whose specs have to run
                    Unless given: folders of apps, libraries and charts.
  --help            this text

A library affects whoever depends on it, the lock file or the settings of the whole build affect all,
documents nothing. What is in no known place affects all.
Exit codes: 0 done, 1 git does not answer, 2 the command line cannot be meant.`;

const options = {
  base: { type: 'string' },
  head: { type: 'string', default: 'HEAD' },
  all: { type: 'boolean', default: false },
  only: { type: 'string' },
  help: { type: 'boolean', default: false },
};
const kinds = ['apps', 'images', 'libs', 'charts', 'tests'];

class UsageError extends Error {}

function given() {
  let values;
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  if (values.help) return values;
  if (values.only !== undefined && !kinds.includes(values.only)) {
    throw new UsageError(`--only is one of ${kinds.join(', ')}, not "${values.only}".`);
  }
  if (values.all === (values.base !== undefined)) {
    throw new UsageError('Either --base says what to compare with, or --all that nothing is.');
  }
  return values;
}

function main() {
  const { base, head, all, only, help } = given();
  if (help) return console.log(usage);
  const packages = packagesAt(head);
  const affected = affectedBy(all ? undefined : changedPaths(base, head), packages);
  const folders = () => [
    ...affected.apps.map((name) => `apps/${name}`),
    ...affected.libs.map((name) => `libs/${name}`),
    ...affected.charts.map((name) => `helm/${name}`),
  ];
  for (const name of only ? affected[only] : folders()) console.log(name);
}

try {
  main();
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
