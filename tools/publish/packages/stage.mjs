/** A package as it is published: what it needs to run and be read, and no word of this repository. */
import { cpSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** What only this repository reads. */
const OWN_KEYS = new Set(['private', 'scripts', 'devDependencies', 'image']);

/** Ranges that mean something here alone. */
const LOCAL = /^(workspace|file|link|portal):|^\*$|^$/;

const isSpec = (path) => path.endsWith('.spec.ts');
/** What somebody who ran an example left in its folder. */
const isInstalled = (path) => path.endsWith(`${sep}node_modules`);

/** What was compiled of a source that is gone stays in `dist`, and would be published for ever. */
function isStale(path, folder) {
  const [first, ...rest] = relative(folder, path).split(sep);
  if (first !== 'dist' || !statSync(path).isFile()) return false;
  const source = join(folder, 'src', ...rest).replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts');
  return !existsSync(source);
}

function published({ name, manifest }) {
  const kept = Object.fromEntries(Object.entries(manifest).filter(([key]) => !OWN_KEYS.has(key)));
  for (const kind of ['dependencies', 'peerDependencies', 'optionalDependencies']) {
    for (const [other, range] of Object.entries(manifest[kind] ?? {})) {
      if (LOCAL.test(range))
        throw new Error(`${name} needs ${other} as "${range}", which means nothing elsewhere`);
      if (other.startsWith('@courtside/') && range !== manifest.version) {
        throw new Error(
          `${name} ${manifest.version} needs ${other} ${range}: one release, one version`,
        );
      }
    }
  }
  return kept;
}

/** @returns {string} the folder of the package, made below `into` */
export function stagePackage(workspace, { into }) {
  const { short, folder, manifest } = workspace;
  const staged = join(into, short);
  mkdirSync(staged, { recursive: true });
  const text = JSON.stringify(published(workspace), undefined, 2);
  writeFileSync(join(staged, 'package.json'), `${text}\n`);
  cpSync('LICENSE', join(staged, 'LICENSE'));
  // What begins with ! is a pattern, which npm heeds when it packs.
  for (const file of manifest.files.filter((each) => !each.startsWith('!'))) {
    cpSync(join(folder, file), join(staged, file), {
      recursive: true,
      filter: (path) => !isSpec(path) && !isInstalled(path) && !isStale(path, folder),
    });
  }
  return staged;
}
