/** Which version comes next. */
import { readFileSync } from 'node:fs';
import semver from 'semver';
import { Refusal } from './refusal.mjs';

export const currentVersion = () => JSON.parse(readFileSync('package.json', 'utf8')).version;

const PATCHES = new Set(['fix', 'perf', 'revert']);

/** @returns {'major' | 'minor' | 'patch' | undefined} what the changes ask for; nothing asks for nothing */
function levelOf(changes, last) {
  if (changes.some(({ breaking }) => breaking.length > 0)) {
    return semver.major(last) === 0 ? 'minor' : 'major';
  }
  if (changes.some(({ type }) => type === 'feat')) return 'minor';
  return changes.some(({ type }) => PATCHES.has(type)) ? 'patch' : undefined;
}

/** A version as semver writes it: no `v`, no leading zero. @throws Refusal */
function demandVersion(text) {
  if (semver.valid(text) !== text) {
    throw new Refusal(`--version wants a version such as 1.2.0 or 1.2.0-rc.1, not "${text}".`, {
      isMisuse: true,
    });
  }
}

/** Of 2.0.0-rc.1, the 2.0.0 that it is on the way to. */
const target = (version) => version.replace(/-.*$/, '');

function refuseUnfit(wanted, last, least) {
  if (!semver.gt(wanted, last)) {
    throw new Refusal(
      `Versions do not go backwards: ${last} is released, ${wanted} is not after it.`,
    );
  }
  if (least && semver.lt(target(wanted), target(least))) {
    throw new Refusal(
      `${wanted} promises less than what changed since ${last}: at least ${least}.`,
    );
  }
}

/**
 * @param {{ last?: string, current: string, count: number, changes: import('./commits.mjs').Change[],
 *   wanted?: string }} state `last` as released, `current` as package.json says, `count` commits since
 * @returns {string}
 * @throws Refusal when there is nothing to release, or not as this version
 */
export function nextVersion({ last, current, count, changes, wanted }) {
  if (wanted !== undefined) demandVersion(wanted);
  if (last === undefined) {
    if (wanted && semver.lt(wanted, current)) refuseUnfit(wanted, current);
    return wanted ?? current;
  }
  if (current !== last) {
    throw new Refusal(
      `package.json says ${current}, the last release is ${last}: only a release sets versions.`,
    );
  }
  const level = levelOf(changes, last);
  const least = level && semver.inc(last, level);
  if (count === 0 || (!wanted && !level)) {
    const found =
      count === 0 ? 'no commit' : `${count} commits, none of them feat, fix, perf or breaking`;
    throw new Refusal(
      `Nothing to release since ${last}: ${found}.${count > 0 ? ' --version X releases them anyway.' : ''}`,
    );
  }
  if (wanted) refuseUnfit(wanted, last, least);
  return wanted ?? least;
}
