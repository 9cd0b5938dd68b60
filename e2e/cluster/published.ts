import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm } from './cluster.js';
import { command, CommandError } from '../command.js';
import { platform } from './installation.js';
import { CHART, RELEASE, type Platform } from './platform.js';
import { settings } from './settings.js';

const work = mkdtempSync(join(tmpdir(), 'courtside-published-'));

/** A registry keeps what was published for ever, so each run has a place of its own. */
const place = `oci://${settings.registry}/${settings.namespace}-${Date.now().toString(36)}`;
/** How Helm is told to do without TLS, where the registry does. */
export const plainHttp = /^(localhost|127\.)/.test(settings.registry) ? ['--plain-http'] : [];

/** The umbrella in the registry. */
export const publishedChart = `${place}/microservices-app`;
const there = [publishedChart, ...plainHttp];

interface Key {
  readonly owner: string;
  /** Of the secret key and of the public one, as Helm reads them. */
  readonly secret: string;
  readonly open: string;
}

/** A key of nobody, which is forgotten with this run. */
async function aKey(name: string): Promise<Key> {
  const owner = `${name}@example.org`;
  const env = { GNUPGHOME: mkdtempSync(join(work, `${name}-`)) };
  const gpg = (...args: string[]) =>
    command('gpg', ['--batch', '--pinentry-mode', 'loopback', '--passphrase', '', ...args], {
      env,
    });
  const [secret, open] = [join(work, `${name}.secret.gpg`), join(work, `${name}.gpg`)];
  try {
    await gpg('--quick-generate-key', owner, 'rsa3072', 'sign', '1d');
    await gpg('--output', secret, '--export-secret-keys', owner);
    await gpg('--output', open, '--export', owner);
  } finally {
    await command('gpgconf', ['--kill', 'gpg-agent'], { env });
  }
  return { owner, secret, open };
}

const publish = (key: Key, digests: string): Promise<string> =>
  command('npm', [
    ...['run', '--silent', 'publish:charts', '--', '--registry', place, ...plainHttp],
    ...['--key', key.owner, '--keyring', key.secret, '--key-url', 'https://example.org/key'],
    ...['--digests', digests, '--image-registry', settings.pullRegistry],
  ]);

let done: Promise<Key> | undefined;

/** Publishes the charts with the images of this run, once. @returns the key they are signed by */
export function publishCharts({ values }: Platform): Promise<Key> {
  done ??= aKey('publisher').then(async (key) => {
    await publish(key, values.at(-1)!);
    return key;
  });
  return done;
}

const pull = (keyring: string): Promise<string> => {
  const into = ['--destination', mkdtempSync(join(work, 'pulled-')), '--untar'];
  return helm(['pull', ...there, ...into, '--verify', '--keyring', keyring]);
};

/** Asks as a node does that was given no credentials. @throws Error when it may not have the image. */
async function pulled(image: string): Promise<void> {
  const [, host, name, digest] = /^([^/]+)\/([^:]+):.*@(.+)$/.exec(image) ?? [];
  const scheme = plainHttp.length > 0 ? 'http' : 'https';
  const answer = await fetch(`${scheme}://${host}/v2/${name}/manifests/${digest}`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  if (!answer.ok) throw new Error(`${image} cannot be pulled: ${answer.status}`);
}

export const published = (): void =>
  describe('published as charts', () => {
    let key: Key;
    beforeAll(async () => {
      key = await publishCharts(platform);
    }, 120_000);

    it('[2.10] has every chart in the registry, and is published again without a change', async () => {
      const said = await publish(key, platform.values.at(-1)!);
      expect(said.trim().split('\n')).toEqual(
        expect.arrayContaining(['gateway: there already, the same']),
      );
      expect(said).not.toContain('sha256:');
    });

    it('[2.21] is verified by who pulls it, and refused where somebody else has signed', async () => {
      expect(await pull(key.open)).toContain('Chart Hash Verified: sha256:');
      const other = await aKey('somebody-else');
      await expect(pull(other.open)).rejects.toThrow(CommandError);
    });

    it('[4.21] renders to the byte what its folders render', async () => {
      const [own = '', digests = ''] = platform.values;
      const where = ['-n', platform.namespace, '-f', own];
      const folders = await helm(['template', RELEASE, CHART, ...where, '-f', digests]);
      expect(await helm(['template', RELEASE, ...there, ...where])).toBe(folders);
    });

    it('[2.21] names images that are pulled by digest, without a word from who installs', async () => {
      const empty = join(work, 'empty.yaml');
      writeFileSync(empty, '{}');
      const rendered = await helm(['template', RELEASE, ...there, '-f', empty]);
      const images = [...rendered.matchAll(/^ +image: "?([^"\n]+)/gm)].map(([, image]) => image);
      const digest = new RegExp(
        `^${settings.pullRegistry}/courtside/[a-z]+:[^@]+@sha256:[0-9a-f]{64}$`,
      );
      expect(images.length).toBeGreaterThan(8);
      expect(images.filter((image) => !digest.test(image!))).toEqual([]);
      await Promise.all(images.map((image) => pulled(image!)));
    });
  });
