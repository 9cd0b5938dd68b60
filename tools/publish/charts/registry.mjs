/** An OCI registry as Helm speaks to it: whoever may push there is who `helm registry login` made it. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Missing, run } from '../../charts/check/helm.mjs';
import { helmProgram } from './package.mjs';

/** What registries say of what is not there. */
const ABSENT = /not found|MANIFEST_UNKNOWN|NAME_UNKNOWN|NotFound|\b404\b/i;

const filesIn = (folder) =>
  readdirSync(folder)
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));

/** Packages of the same files differ in the time they were made at. */
async function contentOf(file, work) {
  const folder = mkdtempSync(join(work, 'content-'));
  const { passed, errors } = await run('tar', ['-xzf', file, '-C', folder]);
  if (!passed) throw new Error(`${file} cannot be unpacked: ${errors}`);
  const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
  return filesIn(folder)
    .map((path) => `${relative(folder, path)} ${hash(path)}`)
    .toSorted()
    .join('\n');
}

const versionOf = (file, name) =>
  /(\d+\.\d+\.\d+.*)\.tgz$/.exec(file.slice(file.lastIndexOf(`${name}-`)))[1];

const digestIn = (text) => /sha256:[0-9a-f]{64}/.exec(text)?.[0];

/** @param {string} work a folder that somebody else removes */
export function openRegistry({ registry, isPlainHttp, cosignKey, isDry }, work) {
  const plain = isPlainHttp ? ['--plain-http'] : [];

  /** @returns {Promise<{ file: string, digest: string } | undefined>} the package of this name and version */
  async function pulled(name, version) {
    const folder = join(work, 'pulled', name);
    mkdirSync(folder, { recursive: true });
    const args = ['pull', `${registry}/${name}`, '--version', version, '-d', folder, ...plain];
    const { passed, output, errors } = await run(helmProgram(), args);
    if (passed) {
      const file = readdirSync(folder).find((each) => each.endsWith('.tgz'));
      return { file: join(folder, file), digest: digestIn(`${output}${errors}`) };
    }
    if (ABSENT.test(errors)) return undefined;
    throw new Error(`${registry} cannot be asked for ${name}: ${errors}`);
  }

  /** A signature more does no harm, and one that is missing since a kill is made. */
  async function cosign({ name }, digest) {
    if (!cosignKey) return;
    const reference = `${registry.slice('oci://'.length)}/${name}@${digest}`;
    const http = isPlainHttp ? ['--allow-http-registry'] : [];
    // A key of one's own needs no public log, and works where nothing of the internet can be reached.
    const args = ['sign', '--yes', '--key', cosignKey, '--tlog-upload=false', ...http, reference];
    const { passed, errors } = await run('cosign', args);
    if (!passed) throw new Error(`cosign sign ${reference}: ${errors}`);
  }

  return {
    /** Whether it has the very same. @throws Error when what it has under the name is something else */
    async holds(chart) {
      const version = versionOf(chart.file, chart.name);
      const there = await pulled(chart.name, version);
      if (!there) return false;
      if ((await contentOf(there.file, work)) === (await contentOf(chart.file, work))) {
        if (!isDry) await cosign(chart, there.digest);
        return true;
      }
      throw new Error(
        `${registry}/${chart.name}:${version} is there with other content: what is published stays as it is. Release another version.`,
      );
    },

    /** @returns {Promise<string>} what it is now called, by digest */
    async push(chart) {
      const { name, file } = chart;
      const args = ['push', file, registry, ...plain];
      const { passed, output, errors } = await run(helmProgram(), args);
      const digest = digestIn(`${output}${errors}`);
      if (!passed || !digest) throw new Error(`helm push ${file} ${registry}: ${errors || output}`);
      await cosign(chart, digest);
      return `${registry}/${name}:${versionOf(file, name)}@${digest}`;
    },

    /** @throws Missing before anything is pushed that could then not be signed */
    async demandSigner() {
      if (!cosignKey) return;
      const { passed, errors } = await run('cosign', ['version']);
      if (!passed) throw new Missing(`cosign does not run: ${errors}`);
    },
  };
}
