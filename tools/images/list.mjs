/** Which images there are: one for each app, and one for each data store that the charts bundle. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * An image that can be built, with paths from the root of the repository.
 * @typedef {{ name: string, context: string, dockerfile: string, args: string[], isApp: boolean }} Image
 */

/** The order of those that others wait for; what is not named comes after, by name. */
const first = ['gateway', 'auth', 'users', 'products', 'orders', 'time', 'web', 'install'];
const rank = (name) => (first.includes(name) ? first.indexOf(name) : first.length);

/** @returns {Image[]} */
export function imagesIn(root) {
  return [...apps(root), ...stores(root)].sort(
    (one, other) => rank(one.name) - rank(other.name) || (one.name < other.name ? -1 : 1),
  );
}

function apps(root) {
  return folders(join(root, 'apps'))
    .filter((name) => existsSync(join(root, 'apps', name, 'src', 'main.ts')))
    .map((name) => {
      const own = `apps/${name}/Dockerfile`;
      return existsSync(join(root, own))
        ? { name, context: '.', dockerfile: own, args: [], isApp: true }
        : { name, context: '.', dockerfile: 'Dockerfile', args: [`APP=${name}`], isApp: true };
    });
}

function stores(root) {
  return folders(join(root, 'helm'))
    .filter((name) => existsSync(join(root, 'helm', name, 'image', 'Dockerfile')))
    .map((name) => {
      const context = `helm/${name}/image`;
      return { name, context, dockerfile: `${context}/Dockerfile`, args: [], isApp: false };
    });
}

const folders = (parent) =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];
