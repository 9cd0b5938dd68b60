/**
 * Programs that build images. Each says the commands for one image, and how the digest is found that the
 * registry gave it.
 * @typedef {{ name: string, context: string, dockerfile: string, reference: string, short: string,
 *   args: string[], labels: string[], platform?: string }} Build one image: `reference` with the registry, `short` without
 * @typedef {{ build(image: Build): string[], push(image: Build): string[],
 *   digest(image: Build): Promise<string> }} Builder
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestInRegistry, isLocal } from './registry.mjs';

const flags = ({ args, labels, platform }) => [
  ...(platform ? ['--platform', platform] : []),
  ...args.flatMap((argument) => ['--build-arg', argument]),
  ...labels.flatMap((label) => ['--label', label]),
];

/** @returns {Builder} */
function docker() {
  return {
    build: ({ context, dockerfile, reference, ...rest }) => [
      ...['docker', 'build', '--file', dockerfile, '--tag', reference, ...flags(rest), context],
    ],
    push: ({ reference }) => ['docker', 'push', reference],
    async digest({ reference }) {
      const format = '{{range .RepoDigests}}{{println .}}{{end}}';
      const args = ['image', 'inspect', '--format', format, reference];
      const known = execFileSync('docker', args, { encoding: 'utf8' }).split('\n');
      const repository = reference.slice(0, reference.lastIndexOf(':'));
      const found = known.find((each) => each.startsWith(`${repository}@`));
      if (!found) throw new Error(`docker knows no digest of ${reference}`);
      return found.slice(repository.length + 1);
    },
  };
}

/** @returns {Builder} */
function buildah() {
  const folder = mkdtempSync(join(tmpdir(), 'images-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = ({ name }) => join(folder, `${name}.digest`);
  return {
    build: ({ context, dockerfile, reference, ...rest }) => [
      ...['buildah', 'build', '--layers', '--file', dockerfile, '--tag', reference],
      ...[...flags(rest), context],
    ],
    push: (image) => [
      ...['buildah', 'push', '--digestfile', file(image)],
      ...(isLocal(image.reference) ? ['--tls-verify=false'] : []),
      image.reference,
    ],
    digest: async (image) => readFileSync(file(image), 'utf8').trim(),
  };
}

/**
 * A command of whoever calls, which builds and pushes at once.
 * @returns {Builder}
 */
const ownCommand = (command) => ({
  build: ({ context, short, dockerfile, ...rest }) => [
    ...[...command, context, short, dockerfile, ...flags(rest)],
  ],
  push: () => [],
  digest: ({ reference }) => digestInRegistry(reference),
});

/** The docker command alone builds nothing: it has to reach its engine. */
const works = {
  docker: () => succeeds('docker', 'version'),
  buildah: () => succeeds('buildah', '--version'),
};
const succeeds = (...[program, ...args]) =>
  spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;

/**
 * @returns {Builder}
 * @throws Error when nothing here can build
 */
export function chooseBuilder({ builder, buildCommand, isDry }) {
  if (buildCommand) return ownCommand(buildCommand);
  const chosen = builder ?? ['docker', 'buildah'].find((name) => works[name]());
  if (!chosen || (!isDry && !works[chosen]())) {
    const missing = builder ?? 'neither docker nor buildah';
    throw new Error(`Nothing here can build: ${missing} works. See --build-command.`);
  }
  return chosen === 'docker' ? docker() : buildah();
}
