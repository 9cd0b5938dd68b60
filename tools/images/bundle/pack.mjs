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

  /** @type {import('./imports.mjs').Outside} */
  const outside = { packages: new Map(), lazy: new Map() };
  const plugins = [imports(outside, Object.keys(settings.packageFiles))];
  const { inputs, imported } = await bundle({
    ...{ root, plugins, entry },
    ...{ outfile: join(to, 'main.js'), sourcemap: true },
  });
  shortenSourceMap(join(to, 'main.js.map'), root);
  for (const [file, path] of outside.lazy) {
    if (!imported.has(`./${file}`)) continue;
    const lazy = await bundle({ root, plugins, entry: path, outfile: join(to, file) });
    inputs.push(...lazy.inputs);
    for (const path of lazy.imported) imported.add(path);
  }
  // What was met in code that did not come into a bundle is not needed.
  for (const name of outside.packages.keys()) {
    const isImported = [...imported].some((path) => path === name || path.startsWith(`${name}/`));
    if (!isImported) outside.packages.delete(name);
  }
  for (const path of settings.files) copy(join(folder, path), join(to, path));
  if (settings.pages) await packPages(join(folder, settings.pages), join(to, settings.pages));
  copyPackages(outside.packages, settings.packageFiles, join(to, 'node_modules'));
  writeJson(join(to, 'package.json'), { name, version, type: 'module', private: true });

  const bill = sbomOfApp(
    sbomOfLockFile(root),
    `${name}@${version}`,
    packedIn(root, inputs, outside),
  );
  writeJson(join(out, 'sbom.cdx.json'), bill);
  fixTimes(out);
}

/**
 * @returns {Promise<{ inputs: string[], imported: Set<string> }>} every file of which something is in the
 *   bundle, and what the bundle still imports
 */
async function bundle({ root, plugins, entry, outfile, sourcemap = false }) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: { js: banner },
    // NestJS and TypeORM read the names of classes.
    keepNames: true,
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap,
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins,
  });
  const outputs = Object.values(metafile.outputs);
  const inputs = outputs.flatMap((output) =>
    Object.entries(output.inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .map(([path]) => path),
  );
  return {
    inputs,
    imported: new Set(outputs.flatMap((each) => each.imports.map(({ path }) => path))),
  };
}

/** `name@version` of every package with something in the image. */
function packedIn(root, inputs, outside) {
  const files = inputs.map((path) => resolve(root, path));
  const copied = [...outside.packages.values()].map((folder) => join(folder, 'package.json'));
  const packages = [...files, ...copied].map((path) => packageOf(path));
  return new Set(packages.map(({ name, version }) => `${name}@${version}`));
}

/** Packages whose files are not named come whole: they are native code for one platform. */
function copyPackages(packages, packageFiles, to) {
  for (const [name, folder] of packages) {
    const files = packageFiles[name];
    if (!files) copy(folder, join(to, name));
    for (const file of files ? ['package.json', ...files] : []) {
      copy(join(folder, file), join(to, name, file));
    }
  }
}

function copy(from, to) {
  if (!existsSync(from)) throw new Error(`${from} is to be packed, and missing`);
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

function writeJson(file, value) {
  writeFileSync(file, `${JSON.stringify(value)}\n`);
}
