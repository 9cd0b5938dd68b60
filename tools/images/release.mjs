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
  const revision = git(root, 'rev-parse', 'HEAD');
  if (!revision) return { tag: version, labels: labelled({ version }) };
  const changes = git(root, 'status', '--porcelain', '--untracked-files=no') === '' ? '' : '-dirty';
  const seconds = Number(git(root, 'log', '-1', '--format=%ct'));
  const created = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  return {
    tag: `${version}-${revision.slice(0, 12)}${changes}`,
    labels: labelled({ version, revision: `${revision}${changes}`, created }),
  };
}

const labelled = (values) =>
  Object.entries(values).map(([name, value]) => `org.opencontainers.image.${name}=${value}`);
