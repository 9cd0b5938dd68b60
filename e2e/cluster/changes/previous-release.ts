import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command, CommandError } from '../../command.js';
import { buildImagesOf, CHART, work } from '../platform.js';
import { settings } from '../settings.js';

export interface Release {
  /** The tag or revision that it is. */
  readonly name: string;
  readonly chart: string;
  /** The values that name its images. */
  readonly digests: string;
}

const git = async (...args: string[]): Promise<string> => (await command('git', args)).trim();

/**
 * The newest version before this commit, or what PREVIOUS_RELEASE names. A clone that came without tags
 * still has the commits that `npm run release` made.
 * @throws Error where this clone knows of none: an upgrade that nobody tried is no upgrade that works
 */
async function previousRevision(): Promise<string> {
  const given = process.env['PREVIOUS_RELEASE'];
  if (given) return given;
  const name = await git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^').catch(
    (error: unknown) => {
      // It fails where there is no such tag.
      if (!(error instanceof CommandError)) throw error;
      return '';
    },
  );
  if (name) return name;
  const subject = '--grep=^chore\\(release\\): v[0-9]';
  const released = await git('log', '-1', '-E', subject, '--format=%H', 'HEAD^');
  if (released) return released;
  throw new Error(
    'this clone has no release before its newest commit, so there is none to upgrade from: ' +
      'fetch its history (git fetch --tags --unshallow), or set PREVIOUS_RELEASE to a git revision',
  );
}

/** The release before this one: its charts and its images, from its own sources. */
export async function buildPreviousRelease(): Promise<Release> {
  const name = await previousRevision();
  const root = join(work, 'previous-release');
  // With its history: images say which commit they are of.
  await git('clone', '--quiet', '--shared', '--no-checkout', '.', root);
  await git(
    '-C',
    root,
    'checkout',
    '--quiet',
    '--detach',
    await git('rev-parse', `${name}^{commit}`),
  );
  // Of what is installed here its tools take the same; images install what is theirs.
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const digests = settings.previousDigests || join(work, 'previous-digests.yaml');
  if (!settings.previousDigests) await buildImagesOf(root, digests);
  return { name, chart: join(root, CHART), digests };
}
