/** The command line of `npm run publish:charts`. */
import { parseArgs } from 'node:util';
import { UsageError } from '../../images/arguments.mjs';

export const usage = `npm run publish:charts -- [CHART…] [options]
Packages the charts, all of them or those named, each with everything it needs inside; signs them, and pushes
them to an OCI registry. What a registry has already is left as it is; the same version with other content is
refused, and nothing is pushed then.

  --registry oci://HOST/PATH   where to; without it nothing is pushed
  --digests FILE               what npm run images wrote: the charts then name their images by digest
  --image-registry HOST[/PATH] where the images are pulled from unless values say otherwise
  --key NAME                   signs by this OpenPGP key: the name or address of its owner
  --keyring FILE               where the key is: gpg --export-secret-keys NAME > FILE
  --passphrase-file FILE       what opens the key, if it is locked
  --key-url URL                where the public key can be had, for those who verify
  --cosign-key FILE            signs what was pushed by cosign too (COSIGN_PASSWORD opens the key)
  --unsigned                   pushes without a signature
  --plain-http                 speaks to the registry without TLS
  --out FOLDER                 keeps the packages there
  --dry-run                    packages and signs, and says what would be pushed
  --help                       this text

HELM  Helm 3 or 4 (default: helm); helm registry login says who pushes

Exit codes: 0 done, 1 refused or failed, 2 the command line cannot be meant or a program is missing.`;

const options = {
  registry: { type: 'string' },
  digests: { type: 'string' },
  'image-registry': { type: 'string' },
  key: { type: 'string' },
  keyring: { type: 'string' },
  'passphrase-file': { type: 'string' },
  'key-url': { type: 'string' },
  'cosign-key': { type: 'string' },
  unsigned: { type: 'boolean', default: false },
  'plain-http': { type: 'boolean', default: false },
  out: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

function parsed(argv) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
}

/**
 * @param {string[]} argv
 * @param {string[]} known names of the charts that there are
 * @throws UsageError
 */
export function parseArguments(argv, known) {
  const { values, positionals } = parsed(argv);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`There is no chart ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  }
  const given = {
    names: positionals.length > 0 ? known.filter((name) => positionals.includes(name)) : known,
    registry: values.registry?.replace(/\/$/, ''),
    digests: values.digests,
    imageRegistry: values['image-registry'],
    key: values.key,
    keyring: values.keyring,
    passphraseFile: values['passphrase-file'],
    keyUrl: values['key-url'],
    cosignKey: values['cosign-key'],
    isUnsigned: values.unsigned,
    isPlainHttp: values['plain-http'],
    out: values.out,
    isDry: values['dry-run'],
    isHelp: values.help,
  };
  if (!given.isHelp) refuseUnfit(given);
  return given;
}

function refuseUnfit({ registry, digests, key, keyring, isUnsigned, out, isDry, ...rest }) {
  if (registry && !/^oci:\/\/[^/]+\/.+/.test(registry)) {
    throw new UsageError(`--registry wants oci://HOST/PATH, not "${registry}".`);
  }
  if (!registry && !out && !isDry) throw new UsageError('Where to? --registry or --out says it.');
  if (Boolean(key) !== Boolean(keyring)) {
    throw new UsageError('--key and --keyring belong together: whose key, and where it is.');
  }
  if (key && isUnsigned) throw new UsageError('--key and --unsigned exclude each other.');
  const lone = Object.entries({ passphraseFile: '--passphrase-file', keyUrl: '--key-url' });
  const [, without] = lone.find(([name]) => rest[name] && !key) ?? [];
  if (without) throw new UsageError(`${without} is about a --key, and there is none.`);
  if (!registry) return;
  if (!key && !isUnsigned) {
    throw new UsageError('What is pushed is signed: --key and --keyring, or --unsigned.');
  }
  if (!digests) throw new UsageError('What is pushed names its images by digest: --digests.');
}
