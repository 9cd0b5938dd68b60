/**
 * Prints each image of a release as REGISTRY/REPOSITORY@DIGEST.
 * usage: REGISTRY=registry.example.org node Jenkins/deploy/references.mjs
 */
import { readDigests } from '../../tools/images/digests.mjs';

const { REGISTRY } = process.env;

try {
  if (!REGISTRY) throw new Error('REGISTRY is not set');
  for (const [name, digest] of Object.entries(readDigests('release/digests.yaml'))) {
    console.log(`${REGISTRY}/courtside/${name}@${digest}`);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
