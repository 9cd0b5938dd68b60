/** Builds this clone and keeps what runs, one folder for each release. */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { run, say } from './commands.mjs';
import { clone, current, prefix, programs, userOf } from './layout.mjs';

const work = '/var/cache/courtside';
const releases = `${prefix}/releases`;
/** This one, and what one may want to go back to. */
const KEPT = 3;

/** What a release is made of; nothing else of the clone counts. */
const parts = [
  ...['package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.build.json'],
  ...['apps', 'libs', 'tools', 'topology.yaml', 'Caddyfile'],
  ...['helm/gateway/files/web.yaml', 'helm/redis/image', 'k8s/generated', 'deploy'],
];
const isSource = (path) =>
  !/(^|\/)(node_modules|dist|test|test-nest|\.env.*)$|\.tsbuildinfo$/.test(path);

function filesBelow(path) {
  const absolute = join(clone, path);
  const entries = readdirSync(absolute, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const inner = `${path}/${entry.name}`;
    if (!isSource(inner)) return [];
    if (entry.isDirectory()) return filesBelow(inner);
    return entry.isFile() ? [inner] : [];
  });
}

const isFolder = (path) => statSync(join(clone, path)).isDirectory();
const sources = () => parts.flatMap((path) => (isFolder(path) ? filesBelow(path) : [path])).sort();

/** The same files are the same release. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(clone, file)));
  return hash.digest('hex').slice(0, 16);
}

/** As a user that can do nothing else: what the registry gives runs here. */
function build(files, out) {
  const folder = `${work}/build`;
  const user = userOf('build');
  // Packages too: those of a library lie in its own folder. npm keeps what it has fetched.
  rmSync(folder, { recursive: true, force: true });
  for (const file of files) cpSync(join(clone, file), join(folder, file));
  mkdirSync(`${work}/home`, { recursive: true });
  run(['chown', '-R', `${user}:${user}`, work]);
  const npm = join(process.execPath, '../npm');
  const env = {
    ...process.env,
    HOME: `${work}/home`,
    PATH: `${join(npm, '..')}:${process.env.PATH}`,
  };
  const inside = { as: user, cwd: folder, env };
  say('installing what it is built with');
  const quietly = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  run([npm, 'ci', '--prefer-offline', ...quietly], inside);
  say(`building ${programs.join(', ')}`);
  const node = process.execPath;
  run([node, 'node_modules/typescript/bin/tsc', '-b', 'tsconfig.build.json', '--noCheck'], inside);
  for (const program of programs) {
    run([node, 'tools/images/bundle.mjs', program, `${folder}/out/${program}`], inside);
  }
  cpSync(`${folder}/out`, out, { recursive: true });
}

/** @returns {string} the folder of the release of this clone, which is built where it is not there */
export function makeRelease() {
  const files = sources();
  const folder = `${releases}/${hashOf(files)}`;
  if (existsSync(folder)) return folder;
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  build(files, draft);
  for (const [from, to] of [
    ['Caddyfile', 'Caddyfile'],
    ['deploy/generated/host-plan.json', 'plan.json'],
    ['k8s/generated/redis-users.acl', 'redis-users.acl'],
    ['helm/redis/image/start-redis', 'start-redis'],
    ['apps/gateway/routes/public.yaml', 'routes/public.yaml'],
    ['helm/gateway/files/web.yaml', 'routes/web.yaml'],
  ]) {
    cpSync(join(clone, from), join(draft, to));
  }
  writeFileSync(join(draft, 'made'), new Date().toISOString());
  run(['chown', '-R', 'root:root', draft]);
  run(['chmod', '-R', 'u+rwX,go+rX,go-w', draft]);
  renameSync(draft, folder);
  return folder;
}

/** From here on this release is the one that starts. */
export function switchTo(folder) {
  const draft = `${current}.new`;
  rmSync(draft, { force: true });
  symlinkSync(folder, draft);
  renameSync(draft, current);
}

export function forgetOldReleases(keep) {
  const made = (name) => readFileSync(join(releases, name, 'made'), 'utf8');
  const old = readdirSync(releases)
    .filter((name) => existsSync(join(releases, name, 'made')) && name !== basename(keep))
    .sort((one, other) => (made(one) < made(other) ? 1 : -1))
    .slice(KEPT - 1);
  for (const name of old) rmSync(join(releases, name), { recursive: true });
}
