/** Packs one compiled app into a folder: one file of JavaScript and what is read beside it. */
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { imports, packageOf } from './imports.mjs';
import { packPages } from './pages.mjs';
import { readManifest } from './settings.mjs';
import { sbomOfApp, sbomOfLockFile } from './sbom.mjs';
import { shortenSourceMap } from './source-map.mjs';
import { fixTimes } from './times.mjs';

/** CommonJS inside an ES module asks for these. */
const banner =
  "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);";

/**
 * Writes `out/app` and `out/sbom.cdx.json`; what stood there is gone.
 * @param {{ root: string, app: string, out: string }} what `root` has apps, libraries and node_modules,
 *   compiled
 */
export async function pack({ root, app, out }) {
  const folder = join(root, 'apps', app);
  const { name, version, settings } = readManifest(folder);
  const entry = join(folder, 'dist', 'main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: is ${app} an app, and compiled?`);
  rmSync(out, { recursive: true, force: true });
  const to = join(out, 'app');
  mkdirSync(to, { recursive: true });

  const outside = new Map();
  const inputs = await bundle({ root, entry, to, outside, settings });
  for (const path of settings.files) copy(join(folder, path), join(to, path));
  shortenSourceMap(join(to, 'main.js.map'), root);
  if (settings.pages) await packPages(join(folder, settings.pages), join(to, settings.pages));
  copyPackages(outside, settings.packageFiles, join(to, 'node_modules'));
  writeJson(join(to, 'package.json'), { name, version, type: 'module', private: true });

  const packages = [
    ...inputs.map((path) => packageOf(resolve(root, path))),
    ...packagesIn(outside),
  ];
  const packed = new Set(packages.map((each) => `${each.name}@${each.version}`));
  writeJson(
    join(out, 'sbom.cdx.json'),
    sbomOfApp(sbomOfLockFile(root), `${name}@${version}`, packed),
  );
  fixTimes(out);
}

/** @returns {Promise<string[]>} every file of which something is in the bundle */
async function bundle({ root, entry, to, outside, settings }) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: join(to, 'main.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    // NestJS and TypeORM read the names of classes.
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: [imports(outside, Object.keys(settings.packageFiles))],
  });
  return Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
}

/** Packages whose files are not named come whole: they are native code for one platform. */
function copyPackages(outside, packageFiles, to) {
  for (const [name, folder] of outside) {
    const files = packageFiles[name];
    if (!files) copy(folder, join(to, name));
    for (const file of files ? ['package.json', ...files] : []) {
      copy(join(folder, file), join(to, name, file));
    }
  }
}

const packagesIn = (outside) => [...outside.values()].map((at) => packageOf(join(at, 'index.js')));

function copy(from, to) {
  if (!existsSync(from)) throw new Error(`${from} is to be packed, and missing`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value)}\n`);
}
