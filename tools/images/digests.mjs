/** The file of digests: values of the charts, by which a release names exactly what it runs. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const heading = ' What to run, by digest; written by npm run images.';

/** Backups are dumped by the programs of the data store's own image. */
const imageAt = { backup: 'postgres' };
const placesOf = (name) => [
  name,
  ...Object.keys(imageAt).filter((place) => imageAt[place] === name),
];

/**
 * Puts digests into a file and leaves alone what else is in it.
 * @param {string} file
 * @param {Record<string, string>} digests by the name of the image
 */
export function writeDigests(file, digests) {
  const wrong = Object.entries(digests).find(([, digest]) => !DIGEST.test(digest));
  if (wrong) throw new Error(`the digest of ${wrong[0]} is "${wrong[1]}", and no sha256`);
  const document = parseDocument(existsSync(file) ? readFileSync(file, 'utf8') : '');
  if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
  document.contents ??= document.createNode({});
  document.commentBefore ??= heading;
  for (const [name, digest] of Object.entries(digests)) {
    for (const place of placesOf(name)) document.setIn([place, 'image', 'digest'], digest);
  }
  writeFileSync(file, document.toString());
}

/**
 * What a file of digests names, each image once.
 * @param {string} file
 * @returns {Record<string, string>} digests by the name of the image
 */
export function readDigests(file) {
  const places = parse(readFileSync(file, 'utf8')) ?? {};
  const named = Object.entries(places).map(([place, values]) => {
    const digest = values?.image?.digest;
    if (!DIGEST.test(digest)) throw new Error(`${file} has no digest of ${place}`);
    return [imageAt[place] ?? place, digest];
  });
  return Object.fromEntries(named);
}
