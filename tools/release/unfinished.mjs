/** A release that was killed leaves a note of what it was about to change, and no tag. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '../local/processes.mjs';
import { Refusal } from './refusal.mjs';

const NOTE = 'courtside-release.json';
const LOCK = 'courtside-release.lock';

/** Notes what is about to be changed, and where HEAD was. */
export function begin(repository, { version }, files) {
  const note = { version, head: repository.head(), files };
  writeFileSync(repository.ownPath(NOTE), JSON.stringify(note));
}

export const end = (repository) => rmSync(repository.ownPath(NOTE), { force: true });

/** Takes back what a release wrote that did not come to its commit. */
export function takeBackUnfinished(repository) {
  const path = repository.ownPath(NOTE);
  if (!existsSync(path)) return;
  const { version, head, files } = noteIn(path);
  const left = repository.dirty().filter((each) => files.includes(each));
  if (head === repository.head() && left.length > 0) {
    console.log(`The release of ${version} did not come to its end: ${left.join(', ')} taken back`);
    repository.restore(left);
  }
  end(repository);
}

/** One that was cut off while it was written is of a release that had changed nothing yet. */
function noteIn(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return { files: [] };
  }
}

/** @returns {string | undefined} the version of the release that HEAD is, when it has no tag */
export function untaggedRelease(repository) {
  const [, version] = /^chore\(release\): v(\S+)$/m.exec(repository.headSubject()) ?? [];
  return version && !repository.hasTag(`v${version}`) ? version : undefined;
}

/**
 * Runs `work` while no other release of this checkout does.
 * @throws Refusal when there is one
 */
export async function alone(repository, work) {
  const path = repository.ownPath(LOCK);
  if (existsSync(path)) {
    const pid = Number(readFileSync(path, 'utf8'));
    if (isAlive(pid)) throw new Refusal(`A release is under way here, as process ${pid}.`);
    rmSync(path, { force: true });
  }
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    throw new Refusal('A release is under way here.', { cause: error });
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}
