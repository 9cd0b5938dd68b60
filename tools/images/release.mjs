/** What an image says of where it is from. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

function git(root, ...args) {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'];
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Version, commit and time of that commit: the same sources have the same labels.
 * @returns {{ tag: string, labels: string[] }} `labels` like `org.opencontainers.image.version=1.0.0`
 */
export function releaseOf(root) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const source = sourceOf(root);
  if (!source.revision) return { tag: version, labels: labelled({ version }) };
  const [revision, ...dirty] = source.revision.split('-');
  const tag = [version, revision.slice(0, 12), ...dirty].join('-');
  return { tag, labels: labelled({ version, ...source }) };
}

/**
 * Of an image that is its folder and nothing else, the newest commit that changed that: a release that
 * leaves a data store as it was has its image too, and does not restart it.
 * @returns {string[]} labels
 */
export const labelsOfFolder = (root, folder) => labelled(sourceOf(root, folder));

function sourceOf(root, folder) {
  const path = folder ? ['--', folder] : [];
  const [commit, seconds] = git(root, 'log', '-1', '--format=%H %ct', ...path)?.split(' ') ?? [];
  if (!commit) return {};
  const changed = git(root, 'status', '--porcelain', '--untracked-files=no', ...path);
  const created = new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
  return { revision: `${commit}${changed === '' ? '' : '-dirty'}`, created };
}

const labelled = (values) =>
  Object.entries(values).map(([name, value]) => `org.opencontainers.image.${name}=${value}`);
