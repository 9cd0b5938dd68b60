/**
 * Prints each image of a release as REGISTRY/REPOSITORY@DIGEST.
 * usage: REGISTRY=registry.example.org node Jenkins/build/references.mjs [NAME…]
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const { REGISTRY } = process.env;
const digests = () => parse(readFileSync('release/digests.yaml', 'utf8')) ?? {};

function references(names) {
  if (!REGISTRY) throw new Error('REGISTRY is not set');
  const known = digests();
  const chosen = names.length > 0 ? names : Object.keys(known);
  return chosen.map((name) => {
    const digest = known[name]?.image?.digest;
    if (!digest) throw new Error(`release/digests.yaml has no digest of ${name}`);
    return `${REGISTRY}/courtside/${name}@${digest}`;
  });
}

try {
  for (const reference of references(process.argv.slice(2))) console.log(reference);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
