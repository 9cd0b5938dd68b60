/** Pages as they ship: what they load has a name that changes with its content. */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { build } from 'esbuild';

/** A file of ours that a page names: `src="/status.js"`. */
const REFERENCE = /(src|href)="\/([\w.-]+\.(?:js|css|svg))"/g;

/**
 * Copies a folder of pages. Scripts, styles and pictures that a page names go to `assets/` with a hash in
 * their names; a page that names what is not there is refused.
 * @param {string} from
 * @param {string} to
 */
export async function packPages(from, to) {
  mkdirSync(to, { recursive: true });
  const names = readdirSync(from).sort();
  const texts = new Map(
    names
      .filter((name) => name.endsWith('.html'))
      .map((name) => [name, readFileSync(join(from, name), 'utf8')]),
  );
  const named = [...texts.values()].flatMap((text) =>
    [...text.matchAll(REFERENCE)].map(([, , name]) => name),
  );
  const loaded = [...new Set(named)].sort();
  const missing = loaded.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`pages in ${from} name what is not there: ${missing}`);
  const hashed = await packLoaded(loaded, from, to);
  for (const name of names) {
    const text = texts.get(name);
    if (text !== undefined) writeFileSync(join(to, name), renamed(text, hashed));
    else if (!hashed.has(name)) copyFileSync(join(from, name), join(to, name));
  }
}

/** @returns {Promise<Map<string, string>>} the address of each file by its name */
async function packLoaded(names, from, to) {
  const { metafile } = await build({
    absWorkingDir: from,
    entryPoints: names,
    outdir: to,
    entryNames: 'assets/[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    loader: { '.svg': 'copy' },
    metafile: true,
    logLevel: 'error',
  });
  const outputs = Object.entries(metafile.outputs).map(([path, output]) => [
    output.entryPoint ?? Object.keys(output.inputs)[0],
    `/assets/${parse(path).base}`,
  ]);
  return new Map(outputs);
}

const renamed = (text, hashed) =>
  text.replace(REFERENCE, (_all, attribute, name) => `${attribute}="${hashed.get(name)}"`);
