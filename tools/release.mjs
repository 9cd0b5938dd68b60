/**
 * `npm run release`: the next version, by the commits since the last one. `-- --help` says how. It may be
 * killed anywhere and run again: either nothing was released, or what is left of it is done.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readCommits } from './release/commits.mjs';
import { releaseNotes } from './release/notes.mjs';
import { changelogWith, commitRelease, inputsFor, tagRelease } from './release/perform.mjs';
import { Refusal } from './release/refusal.mjs';
import { openRepository } from './release/repository.mjs';
import { alone, takeBackUnfinished, untaggedRelease } from './release/unfinished.mjs';
import { currentVersion, nextVersion } from './release/version.mjs';

const BRANCH = 'main';
const usage = `npm run release -- [--dry-run] [--version X] [--notes FILE]
Makes the next release of the branch ${BRANCH}: sets the version everywhere, adds its section to CHANGELOG.md,
records the contracts as released, commits and tags. It pushes nothing.

The version is what the commits since the last release ask for: a breaking change ("!" or a footer
BREAKING CHANGE) a major one, "feat" a minor one, "fix", "perf" and a revert a patch; below 1.0.0 a
breaking change asks for a minor one. The first release is what package.json says.

  --version X   this version instead; it may be larger than what the commits ask for, or 1.0.0-rc.1
  --dry-run     says what would be released, with its notes, and changes nothing
  --notes FILE  writes the release notes there too; they are the text of the tag
  --help        this text

Exit codes: 0 done, 1 refused, 2 the command line cannot be meant.`;

function givenOptions() {
  const options = {
    'dry-run': { type: 'boolean', default: false },
    version: { type: 'string' },
    notes: { type: 'string' },
    help: { type: 'boolean', default: false },
  };
  try {
    const { values } = parseArgs({ options });
    return { ...values, isDry: values['dry-run'] };
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return process.exit(2);
  }
}

/** @throws Refusal where a release would not be what the repository says it is */
function refuseUnfit(repository) {
  const branch = repository.branch();
  if (branch !== BRANCH) {
    const here = branch ? `this is ${branch}` : 'this is none (HEAD is detached)';
    throw new Refusal(`A release is made of the branch ${BRANCH}, and ${here}.`);
  }
  if (repository.isShallow()) {
    throw new Refusal(
      'The history is not all here, so the last release cannot be known: git fetch --unshallow --tags',
    );
  }
  const dirty = repository.dirty();
  if (dirty.length > 0) {
    throw new Refusal(
      `What is not committed is not released: commit or remove ${dirty.join(', ')}.`,
    );
  }
}

async function planned(repository, given) {
  refuseUnfit(repository);
  const [last, committed] = [repository.lastVersion(), repository.lastCommitted()];
  if (committed && committed !== last) {
    throw new Refusal(`${committed} is released, and its tag is not here: git fetch --tags`);
  }
  const { count, changes } = await readCommits(repository, last);
  const version = nextVersion({
    last,
    current: currentVersion(),
    count,
    changes,
    wanted: given.version,
  });
  if (repository.hasTag(`v${version}`)) throw new Refusal(`There is a tag v${version} already.`);
  const date = new Date().toISOString().slice(0, 10);
  const isFirst = last === undefined;
  const migrations = isFirst ? [] : repository.addedSince(`v${last}`, 'apps/*/src/migrations/*.ts');
  return { version, last, date, isFirst, changes, migrations };
}

function finish(repository, version, given) {
  const notes = tagRelease(repository, version);
  if (given.notes) writeFileSync(given.notes, notes);
  console.log(`v${version} is released here: git push --atomic origin ${BRANCH} v${version}`);
}

async function release(repository, given) {
  takeBackUnfinished(repository);
  const untagged = untaggedRelease(repository);
  if (untagged && [undefined, untagged].includes(given.version)) {
    refuseUnfit(repository);
    console.log(`${untagged} was committed, and its tag is missing: it is made now`);
    return finish(repository, untagged, given);
  }
  const plan = await planned(repository, given);
  await commitRelease(repository, plan);
  return finish(repository, plan.version, given);
}

async function preview(repository, given) {
  const plan = await planned(repository, given);
  const notes = releaseNotes(await changelogWith(plan), plan.version);
  if (given.notes) writeFileSync(given.notes, notes);
  console.log(`${plan.last ?? 'nothing'} -> ${plan.version}\n\n${notes}`);
  console.log(`would be written: ${inputsFor(repository).join(', ')}`);
}

async function main() {
  const given = givenOptions();
  if (given.help) return console.log(usage);
  const repository = openRepository();
  return given.isDry
    ? preview(repository, given)
    : alone(repository, () => release(repository, given));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(error.message);
  process.exitCode = error.isMisuse ? 2 : 1;
}
