/** The packages of this repository, and which of them need which. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const SCOPE = '@courtside/';

/** @typedef {{ short: string, name: string, folder: string, manifest: object, needs: string[] }} Workspace */

function workspaceIn(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const own = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith(SCOPE));
  const short = manifest.name.slice(SCOPE.length);
  return {
    short,
    name: manifest.name,
    folder,
    manifest,
    needs: own.map((name) => name.slice(SCOPE.length)),
  };
}

const workspaces = () =>
  ['libs', 'apps'].flatMap((parent) =>
    readdirSync(parent)
      .map((name) => join(parent, name))
      .filter((folder) => existsSync(join(folder, 'package.json')))
      .map(workspaceIn),
  );

/**
 * What is not private, in an order in which each comes after what it needs.
 * @returns {Workspace[]}
 * @throws Error when one of them needs a private one, which nobody could install
 */
export function publishable() {
  const open = workspaces().filter(({ manifest }) => manifest.private !== true);
  for (const { name, needs } of open) {
    const hidden = needs.filter((need) => !open.some(({ short }) => short === need));
    if (hidden.length > 0)
      throw new Error(`${name} is published and needs ${hidden}, which is private`);
  }
  return withDependencies(
    open,
    open.map(({ short }) => short),
  );
}

/** @returns {Workspace[]} those of `all` that are named and what they need, the needed first */
export function withDependencies(all, names) {
  const found = new Map();
  const visit = (short) => {
    const one = all.find((each) => each.short === short);
    if (!one || found.has(short)) return;
    for (const need of one.needs) visit(need);
    found.set(short, one);
  };
  for (const name of names) visit(name);
  return [...found.values()];
}
