/**
 * Packs one compiled app for its image; the Dockerfiles call it.
 * usage: node tools/images/bundle.mjs APP FOLDER
 */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack } from './bundle/pack.mjs';

const [app, out, ...rest] = process.argv.slice(2);
if (!app || !out || rest.length > 0) {
  console.error('usage: node tools/images/bundle.mjs APP FOLDER');
  process.exit(2);
}
try {
  await pack({ root: fileURLToPath(new URL('../..', import.meta.url)), app, out: resolve(out) });
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
