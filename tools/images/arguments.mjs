/** The command line of `npm run images`. */
import { parseArgs } from 'node:util';

export const usage = `npm run images -- [NAME…] [options]
Builds the container images of Courtside, those that the charts run or those named.

  --registry HOST[/PATH]   the registry that images are named for, as in ghcr.io/club
  --tag TAG                the tag of them all; the version and commit unless given
  --push                   pushes each to the registry
  --built                  builds nothing: what was built under the same tag is pushed
  --digests FILE           writes what was pushed as values for the charts; what else is in FILE stays
  --compose FILE           writes what was pushed as an override of compose.yaml, by the same digests
  --platform OS/ARCH       what the images are for, as in linux/amd64; this machine's own unless given
  --sbom FOLDER            writes the bill of materials of each app: NAME.cdx.json; needs npm run build
  --build-arg NAME=VALUE   handed to every build; repeatable, as for the bases:
                           --build-arg RUNTIME_IMAGE=mirror.example/distroless@sha256:…
  --builder NAME           docker or buildah; whichever works here unless given, docker first
  --build-command COMMAND  builds and pushes each image instead, by a call of
                           COMMAND CONTEXT NAME:TAG DOCKERFILE [--build-arg NAME=VALUE… --label …]
  --dry-run                prints the commands and runs none
  --list                   prints the names of the images
  --help                   this text

Exit codes: 0 all done, 1 a build or push failed, 2 the command line cannot be meant.`;

const options = {
  registry: { type: 'string' },
  tag: { type: 'string' },
  push: { type: 'boolean', default: false },
  built: { type: 'boolean', default: false },
  digests: { type: 'string' },
  compose: { type: 'string' },
  platform: { type: 'string' },
  sbom: { type: 'string' },
  'build-arg': { type: 'string', multiple: true, default: [] },
  builder: { type: 'string' },
  'build-command': { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** A command line that cannot be meant: one sentence, exit code 2. */
export class UsageError extends Error {}

/** A host with its port and a path, without a scheme. */
const REGISTRY = /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9]+([._/-][a-z0-9]+)*)?$/;
const PLATFORM = /^[a-z0-9]+\/[a-z0-9]+(\/[a-z0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;

/**
 * @param {string[]} argv
 * @param {string[]} known names of the images that there are
 * @param {string[]} initially those that are meant where none is named
 * @throws UsageError
 */
export function parseArguments(argv, known, initially = known) {
  const { values, positionals } = parsed(argv);
  const given = {
    names: positionals.length > 0 ? known.filter((name) => positionals.includes(name)) : initially,
    registry: values.registry,
    tag: values.tag,
    isPushed: values.push,
    isBuilt: values.built,
    digests: values.digests,
    compose: values.compose,
    platform: values.platform,
    sbom: values.sbom,
    buildArgs: values['build-arg'],
    builder: values.builder,
    buildCommand: values['build-command']?.trim().split(/\s+/),
    isDry: values['dry-run'],
    isList: values.list,
    isHelp: values.help,
  };
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`There is no image ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  }
  refuseMalformed(given);
  refuseContradictions(given);
  return given;
}

function parsed(argv) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function refuseMalformed({ registry, tag, platform, builder, buildCommand, buildArgs }) {
  if (registry !== undefined && !REGISTRY.test(registry)) {
    throw new UsageError(`--registry wants HOST or HOST/PATH, not "${registry}".`);
  }
  if (tag !== undefined && !TAG.test(tag)) {
    throw new UsageError(`--tag wants letters, digits, dots, dashes, at most 128, not "${tag}".`);
  }
  if (platform !== undefined && !PLATFORM.test(platform)) {
    throw new UsageError(`--platform wants OS/ARCHITECTURE, as in linux/amd64, not "${platform}".`);
  }
  if (builder !== undefined && !['docker', 'buildah'].includes(builder)) {
    throw new UsageError(`--builder is docker or buildah, not "${builder}": see --build-command.`);
  }
  if (buildCommand?.[0] === '') throw new UsageError('--build-command wants a command.');
  const wrong = buildArgs.find((argument) => !/^[A-Z_]+=/.test(argument));
  if (wrong !== undefined) throw new UsageError(`--build-arg wants NAME=VALUE, not "${wrong}".`);
}

function refuseContradictions({ registry, isPushed, isBuilt, builder, buildCommand, ...given }) {
  if (builder && buildCommand) {
    throw new UsageError('--builder and --build-command exclude each other.');
  }
  if (isBuilt && (!isPushed || buildCommand)) {
    throw new UsageError('--built wants --push, and a builder that keeps what it built.');
  }
  if (isPushed && !registry) throw new UsageError('--push wants a --registry to push to.');
  const named = ['digests', 'compose'].find((option) => given[option]);
  if (named && !registry) {
    throw new UsageError(`--${named} wants the --registry that gives digests.`);
  }
  if (named && !isPushed && !buildCommand) {
    throw new UsageError(`--${named} wants --push: an image has its digest from the registry.`);
  }
}
