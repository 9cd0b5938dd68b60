/** What a release asks of git, and does with it, in the folder where it is run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { Refusal } from './refusal.mjs';

/** A history of years has subjects and bodies of a few MiB. */
const OUTPUT_MAX = 256 * 1024 * 1024;
const TAGS = 'v[0-9]*.[0-9]*.[0-9]*';

/** @throws Refusal with what git said */
function git(args, input) {
  const run = { encoding: 'utf8', maxBuffer: OUTPUT_MAX, input };
  try {
    return execFileSync('git', args, { ...run, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    throw new Refusal(`git ${args[0]}: ${(error.stderr || error.message).trim()}`, {
      cause: error,
    });
  }
}
const line = (...args) => git(args).trim();
const paths = (...args) => git(args).split('\0').filter(Boolean);
const succeeds = (...args) => spawnSync('git', args, { stdio: 'ignore' }).status === 0;

/** @returns {string | undefined} the newest release that this state contains, without its `v` */
function lastVersion() {
  const args = ['describe', '--tags', '--abbrev=0', '--match', TAGS, 'HEAD'];
  return succeeds(...args) ? line(...args).slice(1) : undefined;
}

/** Takes the files back to what HEAD has; one that HEAD does not know goes. */
function restore(files) {
  const isKnown = (path) => succeeds('cat-file', '-e', `HEAD:${path}`);
  const known = files.filter(isKnown);
  const made = files.filter((path) => !isKnown(path));
  if (known.length > 0) git(['restore', '--source=HEAD', '--staged', '--worktree', '--', ...known]);
  if (made.length === 0) return;
  git(['rm', '--cached', '--quiet', '--ignore-unmatch', '--', ...made]);
  git(['clean', '--force', '--quiet', '--', ...made]);
}

/** @throws Refusal when the folder is not the top of a git repository */
export function openRepository() {
  if (!succeeds('rev-parse', '--git-dir') || line('rev-parse', '--show-prefix') !== '') {
    throw new Refusal('This is not the top of a git repository.');
  }
  return {
    head: () => line('rev-parse', 'HEAD'),
    branch: () => line('branch', '--show-current'),
    isShallow: () => line('rev-parse', '--is-shallow-repository') === 'true',
    /** Paths that differ from HEAD, files that git does not know included. */
    dirty: () => [
      ...new Set([
        ...paths('diff', '--name-only', '-z', 'HEAD'),
        ...paths('ls-files', '-o', '-z', '--exclude-standard'),
      ]),
    ],
    files: (...globs) => paths('ls-files', '-z', '--', ...globs),
    lastVersion,
    /** The version of the newest commit that is a release, tagged or not. */
    lastCommitted() {
      const subject = line(
        'log',
        '-1',
        '--format=%s',
        '--grep',
        String.raw`^chore(release): v[0-9]`,
      );
      return /^chore\(release\): v(\S+)$/.exec(subject)?.[1];
    },
    hasTag: (name) => succeeds('rev-parse', '--verify', '--quiet', `refs/tags/${name}`),
    addedSince: (ref, glob) =>
      paths('diff', '--name-only', '--diff-filter=A', '-z', ref, 'HEAD', '--', glob),
    /** Each commit as `hash, newline, message`, the newest first; merges say nothing themselves. */
    messagesSince: (ref) =>
      paths('log', '--no-merges', '-z', '--format=%H%n%B', ref ? `${ref}..HEAD` : 'HEAD'),
    headSubject: () => line('log', '-1', '--format=%s'),
    /** A file as HEAD has it. */
    atHead: (path) => git(['show', `HEAD:${path}`]),
    /** A path of git's own, which is in no commit. */
    ownPath: (name) => line('rev-parse', '--git-path', name),
    restore,
    commit(files, message) {
      git(['add', '--', ...files]);
      git(['commit', '--quiet', '--file=-'], message);
    },
    tag: (name, message) =>
      git(['tag', '--annotate', '--cleanup=verbatim', '--file=-', name], message),
  };
}
