/** Writes, commits and tags a release that is planned. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { releaseNotes, withSection, withSectionOfLibrary } from './notes.mjs';
import { Refusal } from './refusal.mjs';
import { begin, end } from './unfinished.mjs';
import { places } from './versions.mjs';

const CHANGELOG = 'CHANGELOG.md';

/** What `npm run release:contracts` writes. */
const RECORDED = ['docs/released/contracts.json', 'docs/generated/contracts.json'];

/** As `npm run check` wants it; what it leaves alone is left alone. */
async function formatted(path, text) {
  const prettier = await import('prettier'); // a fifth of a second, which a refusal need not wait for
  const { ignored, inferredParser } = await prettier.getFileInfo(path, {
    ignorePath: '.prettierignore',
  });
  if (ignored || inferredParser === null || path === 'package-lock.json') return text;
  return prettier.format(text, { ...(await prettier.resolveConfig(path)), filepath: path });
}

const found = (repository) =>
  places.flatMap(({ glob, set }) => repository.files(glob).map((path) => ({ path, set })));

/** A library that is installed by itself has a changelog of its own. */
const libraryChangelogs = (repository) => repository.files(':(glob)libs/*/CHANGELOG.md');

/** Every file that a release may change. */
export const inputsFor = (repository) => [
  ...found(repository).map(({ path }) => path),
  CHANGELOG,
  ...libraryChangelogs(repository),
  ...RECORDED,
];

/** The first release promises what there is, whatever was noted while nobody was built on it. */
function recordContracts({ isFirst }) {
  const args = ['run', '--silent', 'release:contracts', ...(isFirst ? ['--', '--replace'] : [])];
  const { status, signal } = spawnSync('npm', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    throw new Refusal(
      `The contracts could not be recorded (npm ended with ${signal ?? status}): nothing is released.`,
    );
  }
}

/** @returns {Promise<string>} the changelog as it will be */
export function changelogWith(plan) {
  const before = existsSync(CHANGELOG) ? readFileSync(CHANGELOG, 'utf8') : undefined;
  return formatted(CHANGELOG, withSection(before, plan));
}

async function write(repository, plan) {
  for (const { path, set } of found(repository)) {
    const before = readFileSync(path, 'utf8');
    const text = await formatted(path, set(before, plan));
    if (text !== before) writeFileSync(path, text);
  }
  writeFileSync(CHANGELOG, await changelogWith(plan));
  for (const path of libraryChangelogs(repository)) {
    const [, scope] = path.split('/');
    const text = withSectionOfLibrary(readFileSync(path, 'utf8'), plan, scope);
    writeFileSync(path, await formatted(path, text));
  }
  recordContracts(plan);
  const known = inputsFor(repository);
  const strange = repository.dirty().filter((path) => !known.includes(path));
  if (strange.length > 0) {
    throw new Refusal(
      `Generated files were stale: run npm run generate and commit ${strange.join(', ')} first.`,
    );
  }
}

function commit(repository, { version }) {
  const why = `Versions, contracts and ${CHANGELOG} are what npm run release made of the commits before.`;
  repository.commit(repository.dirty(), `chore(release): v${version}\n\n${why}\n`);
}

/**
 * Writes and commits all that a release changes, or nothing.
 * @throws Refusal
 */
export async function commitRelease(repository, plan) {
  begin(repository, plan, inputsFor(repository));
  try {
    await write(repository, plan);
    commit(repository, plan);
  } catch (error) {
    repository.restore(repository.dirty());
    throw error;
  } finally {
    end(repository);
  }
}

/** Tags HEAD, which is the release. @returns {string} its notes */
export function tagRelease(repository, version) {
  const notes = releaseNotes(repository.atHead(CHANGELOG), version);
  repository.tag(`v${version}`, notes);
  return notes;
}
