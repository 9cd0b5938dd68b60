/** What git knows of two revisions. */
import { execFileSync } from 'node:child_process';

const BYTES_MAX = 64 * 1024 * 1024;

function git(...args) {
  try {
    const stdio = ['ignore', 'pipe', 'pipe'];
    return execFileSync('git', args, { encoding: 'utf8', maxBuffer: BYTES_MAX, stdio });
  } catch (error) {
    throw new Error(`git ${args.join(' ')}: ${String(error.stderr || error.message).trim()}`, {
      cause: error,
    });
  }
}

/** The commit of a revision, so that nothing given can be taken for an option. */
function commitOf(revision) {
  try {
    return git(
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ).trim();
  } catch (error) {
    throw new Error(`there is no revision "${revision}" here: fetch it, or compare with another`, {
      cause: error,
    });
  }
}

const lines = (text) => text.split('\0').filter(Boolean);

/** Paths that differ; what was moved stands at both places. */
export function changedPaths(base, head) {
  const from = commitOf(base);
  return lines(git('diff', '--name-only', '--no-renames', '-z', from, commitOf(head)));
}

/**
 * Every app, library, chart and bundled image as they are at a revision.
 * @returns {import('./graph.mjs').Packages}
 */
export function packagesAt(head) {
  const commit = commitOf(head);
  const paths = lines(git('ls-tree', '-r', '-z', '--name-only', '--full-tree', commit));
  const parts = {};
  const found = { charts: [], stores: [], apps: [] };
  for (const path of paths) {
    const [, part] = /^((?:apps|libs)\/[^/]+)\/package\.json$/.exec(path) ?? [];
    if (part) parts[part] = dependenciesOf(git('show', `${commit}:${path}`));
    found.apps.push(...(/^apps\/([^/]+)\/src\/main\.ts$/.exec(path)?.slice(1) ?? []));
    found.charts.push(...(/^helm\/([^/]+)\/Chart\.yaml$/.exec(path)?.slice(1) ?? []));
    found.stores.push(...(/^helm\/([^/]+)\/image\/Dockerfile$/.exec(path)?.slice(1) ?? []));
  }
  return { parts, ...found };
}

/** The libraries that a manifest names, for the product and for its specs. */
function dependenciesOf(text) {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(text);
  const libraries = (names) =>
    Object.keys(names).flatMap((name) => /^@courtside\/(.+)$/.exec(name)?.slice(1) ?? []);
  return { product: libraries(dependencies), specs: libraries(devDependencies) };
}
