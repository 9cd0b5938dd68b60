/**
 * Which images there are: one for each app and each data store that the charts bundle, and what
 * compose.yaml has beside them.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An image that can be built, with paths from the root of the repository.
 * @typedef {{ name: string, context: string, dockerfile: string, args: string[], isApp: boolean,
 *   isInCharts: boolean }} Image
 */

/** The order of those that others wait for; what is not named comes after, by name. */
const first = ['gateway', 'auth', 'users', 'products', 'orders', 'time', 'web', 'install'];
const rank = (name) => (first.includes(name) ? first.indexOf(name) : first.length);

/** @returns {Image[]} */
export function imagesIn(root) {
  return [...apps(root), ...stores(root), ...ofCompose(root)].sort(
    (one, other) => rank(one.name) - rank(other.name) || (one.name < other.name ? -1 : 1),
  );
}

function apps(root) {
  return folders(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'src', 'main.ts')))
    .map((name) => {
      const own = `apps/${name}/Dockerfile`;
      const isOwn = existsSync(join(root, own));
      const dockerfile = isOwn ? own : 'Dockerfile';
      const args = isOwn ? [] : [`APP=${name}`];
      return { name, context: '.', dockerfile, args, isApp: true, isInCharts: true };
    });
}

function stores(root) {
  return folders(join(root, 'helm'))
    .filter((name) => existsSync(join(root, 'helm', name, 'image', 'Dockerfile')))
    .map((name) => {
      const context = `helm/${name}/image`;
      const dockerfile = `${context}/Dockerfile`;
      return { name, context, dockerfile, args: [], isApp: false, isInCharts: true };
    });
}

/** The reverse proxy, and the journeys as what `--profile test` runs. */
function ofCompose(root) {
  const caddy = 'deploy/caddy/image';
  const own = { args: [], isApp: false, isInCharts: false };
  return [
    { name: 'caddy', context: caddy, dockerfile: `${caddy}/Dockerfile`, ...own },
    { name: 'e2e', context: '.', dockerfile: 'e2e/Dockerfile', ...own },
  ].filter(({ dockerfile }) => existsSync(join(root, dockerfile)));
}

const folders = (parent) =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
