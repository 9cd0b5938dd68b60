/**
 * Prints each image of a release as REGISTRY/REPOSITORY@DIGEST.
 * usage: REGISTRY=registry.example.org node Jenkins/deploy/references.mjs
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const { REGISTRY } = process.env;

function references() {
  if (!REGISTRY) throw new Error('REGISTRY is not set');
  const release = parse(readFileSync('release/digests.yaml', 'utf8')) ?? {};
  return Object.entries(release).map(([name, { image }]) => {
    const digest = image?.digest;
    if (!digest) throw new Error(`release/digests.yaml has no digest of ${name}`);
    return `${REGISTRY}/courtside/${name}@${digest}`;
  });
}

try {
  for (const reference of references()) console.log(reference);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
