/** `npm run images`: builds, pushes and names by digest what the charts run. `-- --help` says how. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError, parseArguments, usage } from './images/arguments.mjs';
import { chooseBuilder } from './images/builders.mjs';
import { writeComposeDigests } from './images/compose-digests.mjs';
import { writeDigests } from './images/digests.mjs';
import { imagesIn } from './images/list.mjs';
import { labelsOfFolder, releaseOf } from './images/release.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a command; what it prints goes to standard error, so that ours is for programs. */
function run(command, { isDry }) {
  if (command.length === 0) return;
  if (isDry) {
    console.log(command.join(' '));
    return;
  }
  const [program, ...args] = command;
  const { status, signal, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (error) throw new Error(`${program} cannot be run: ${error.message}`);
  if (status !== 0)
    throw new Error(`${command.join(' ')}\nended with ${signal ?? `code ${status}`}`);
}

/** Builds and pushes one image; resolves with its digest where it has one. */
async function make(image, builder, given) {
  if (!given.isBuilt) run(builder.build(image), given);
  if (given.isPushed) run(builder.push(image), given);
  const isNamed = given.digests || given.compose;
  const digest = isNamed && !given.isDry ? await builder.digest(image) : undefined;
  if (!given.isDry) console.log(digest ? `${image.reference}@${digest}` : image.reference);
  return digest;
}

async function makeAll(images, given) {
  const { tag, labels } = releaseOf(root);
  const builder = chooseBuilder(given);
  const digests = {};
  for (const image of images) {
    const short = `courtside/${image.name}:${given.tag ?? tag}`;
    const reference = given.registry ? `${given.registry}/${short}` : short;
    const args = [...image.args, ...given.buildArgs];
    const own = image.isApp ? labels : labelsOfFolder(root, image.context);
    const { platform } = given;
    const made = { ...image, short, reference, args, labels: own, platform };
    const digest = await make(made, builder, given);
    if (digest) digests[image.name] = { reference, digest, isInCharts: image.isInCharts };
  }
  if (given.isDry) return;
  if (given.digests) writeDigests(resolve(given.digests), ofCharts(digests));
  if (given.compose) writeComposeDigests(resolve(given.compose), digests);
}

/** The charts refuse what they do not know. */
const ofCharts = (digests) =>
  Object.fromEntries(
    Object.entries(digests)
      .filter(([, { isInCharts }]) => isInCharts)
      .map(([name, { digest }]) => [name, digest]),
  );

/** The bills that are in the images, made from the same files by the same program. */
async function writeBills(images, folder) {
  const { pack } = await import('./images/bundle/pack.mjs');
  mkdirSync(folder, { recursive: true });
  const out = mkdtempSync(join(tmpdir(), 'images-'));
  try {
    for (const { name } of images.filter(({ isApp }) => isApp)) {
      await pack({ root, app: name, out });
      cpSync(join(out, 'sbom.cdx.json'), join(folder, `${name}.cdx.json`));
    }
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

async function main() {
  const images = imagesIn(root);
  const given = parseArguments(
    process.argv.slice(2),
    images.map(({ name }) => name),
    images.filter(({ isInCharts }) => isInCharts).map(({ name }) => name),
  );
  const chosen = images.filter(({ name }) => given.names.includes(name));
  if (given.isHelp) console.log(usage);
  else if (given.isList) for (const { name } of images) console.log(name);
  else {
    await makeAll(chosen, given);
    if (given.sbom && !given.isDry) await writeBills(chosen, resolve(given.sbom));
  }
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
