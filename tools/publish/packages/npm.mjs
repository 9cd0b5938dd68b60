/** Has npm pack, look up and publish. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const OUTPUT_MAX = 32 * 1024 * 1024;
const QUIET = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];

function npm(args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync('npm', [...args, ...QUIET], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_MAX,
    ...options,
  });
  if (error) throw error;
  return { passed: status === 0, output: stdout, errors: stderr.trim() };
}

/** A prerelease is installed by who asks for it, not by who asks for nothing. */
const tagOf = (version) => (version.includes('-') ? 'next' : 'latest');

/** @typedef {{ name: string, version: string, integrity: string, file: string }} Packed */

/**
 * Equal folders give equal bytes.
 * @param {string[]} folders
 * @returns {Packed[]} of each, in its order
 */
export function packFolders(folders, out) {
  const args = ['pack', ...folders, '--json', '--ignore-scripts', '--pack-destination', out];
  const { passed, output, errors } = npm(args);
  if (!passed) throw new Error(`npm pack: ${errors}`);
  // npm 12 and later answer by the name of the package.
  return Object.values(JSON.parse(output)).map(({ name, version, integrity, filename }) => {
    const file = join(out, filename.replace('@', '').replace('/', '-'));
    return { name, version, integrity, file };
  });
}

/** @param {string} registry */
export function openNpm(registry) {
  // A registry that somebody's .npmrc has for the scope would win over the one that is asked for.
  const there = ['--registry', registry, `--@courtside:registry=${registry}`];
  return {
    /** Whether the registry has the very same. @throws Error when what it has is something else */
    holds({ name, version, integrity }) {
      const args = ['view', `${name}@${version}`, 'dist.integrity', '--json', '--prefer-online'];
      const { passed, output, errors } = npm([...args, ...there]);
      if (!passed && !/E404/.test(`${errors}${output}`)) {
        throw new Error(`${registry} cannot be asked for ${name}: ${errors}`);
      }
      if (!passed || output.trim() === '') return false;
      if (JSON.parse(output) === integrity) return true;
      throw new Error(
        `${name}@${version} is at ${registry} with other content: what is published stays as it is. Release another version.`,
      );
    },

    publish({ name, version, file }) {
      const open = ['--access', 'public', '--provenance=false', '--ignore-scripts'];
      const { passed, errors } = npm(['publish', file, '--tag', tagOf(version), ...there, ...open]);
      if (!passed) throw new Error(`npm publish ${name}@${version}: ${errors}`);
    },
  };
}
