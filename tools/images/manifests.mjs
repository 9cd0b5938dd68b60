/**
 * Writes the manifests of the workspaces as far as the lock file has them, which is all that `npm ci` reads:
 * so a changed source installs nothing anew, and need not even be there.
 * usage: node manifests.mjs, in the folder of package-lock.json
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
for (const [folder, manifest] of Object.entries(packages)) {
  if (folder === '' || folder.includes('node_modules')) continue;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
}
