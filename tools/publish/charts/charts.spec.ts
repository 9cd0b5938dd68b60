import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { changesOf } from './annotations.mjs';
import { chartsIn, stageChart } from './stage.mjs';

const digest = `sha256:${'a'.repeat(64)}`;
const digestsOf = (names: string[], value = digest) =>
  JSON.stringify(Object.fromEntries(names.map((name) => [name, { image: { digest: value } }])));

/** Does with folders what Helm does with a registry: the cluster suite has the true one. */
const helm = (registry: string) => `#!${process.execPath}
const { cpSync, existsSync, readFileSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const { basename, dirname } = require('node:path');
const [verb, what, ...rest] = process.argv.slice(2);
const option = (name) => rest[rest.indexOf(name) + 1];
if (verb === 'package') {
  const { version } = /^version: (?<version>.+)$/m.exec(readFileSync(what + '/Chart.yaml', 'utf8')).groups;
  const file = option('--destination') + '/' + basename(what) + '-' + version + '.tgz';
  execFileSync('tar', ['-czf', file, '-C', dirname(what), basename(what)]);
  console.log('Successfully packaged chart and saved it to: ' + file);
} else if (verb === 'pull') {
  const name = basename(what) + '-' + option('--version') + '.tgz';
  if (!existsSync('${registry}/' + name)) { console.error('Error: not found'); process.exit(1); }
  cpSync('${registry}/' + name, option('-d') + '/' + name);
  console.log('Digest: ${digest}');
} else if (verb === 'push') {
  cpSync(what, '${registry}/' + basename(what));
  console.log('Digest: ${digest}');
}
`;

describe('npm run publish:charts', () => {
  const work = mkdtempSync(join(tmpdir(), 'charts-spec-'));
  const registry = join(work, 'registry');
  const digests = join(work, 'digests.yaml');
  const names = [...chartsIn('helm'), 'install'];
  afterAll(() => rmSync(work, { recursive: true }));
  beforeEach(() => {
    rmSync(registry, { recursive: true, force: true });
    mkdirSync(registry);
    writeFileSync(digests, digestsOf(names));
    writeFileSync(join(work, 'helm'), helm(registry));
    chmodSync(join(work, 'helm'), 0o755);
  });

  function publish(...args: string[]) {
    const env = {
      ...process.env,
      HELM: join(work, 'helm'),
      PATH: `${work}:${process.env['PATH']}`,
    };
    const run = { encoding: 'utf8', env } as const;
    const program = [resolve('tools/publish-charts.mjs'), ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, program, run);
    return { status, out: stdout, err: stderr };
  }
  const there = ['--registry', 'oci://registry.example.org/charts', '--unsigned'];
  const stage = (name: string, given: object = {}) =>
    stageChart({ root: 'helm', name, into: mkdtempSync(join(work, 'staged-')), given });

  it('[2.10] pushes every chart, what others need first', () => {
    const { status, out } = publish(...there, '--digests', digests);
    expect(status).toBe(0);
    const pushed = out
      .trim()
      .split('\n')
      .map((line) => /charts\/([\w-]+):\d/.exec(line)?.[1]);
    expect(pushed).toEqual(chartsIn('helm'));
    expect([pushed[0], pushed.at(-1)]).toEqual(['library', 'microservices-app']);
    expect(out).toContain(`@${digest}`);
  });

  it('packages real files, and leaves out what only its makers need', () => {
    const folder = stage('microservices-app');
    const all = readdirSync(folder, { recursive: true, withFileTypes: true });
    expect(all.filter((entry) => entry.isSymbolicLink())).toEqual([]);
    expect(all.filter(({ name }) => ['tests', 'ci', 'image', 'Dockerfile'].includes(name))).toEqual(
      [],
    );
    expect(existsSync(join(folder, 'charts/auth/charts/library/templates/_pod.tpl'))).toBe(true);
    const chart = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
    expect(chart.dependencies.every((each: { repository: string }) => each.repository === '')).toBe(
      true,
    );
  });

  it('[2.21] names every image by digest and place, in the values and for whoever mirrors them', () => {
    const folder = stage('microservices-app', { digests, imageRegistry: 'registry.example.org' });
    const values = (path: string) => parse(readFileSync(join(folder, path, 'values.yaml'), 'utf8'));
    const image = { registry: 'registry.example.org', digest };
    expect(values('.').install.image).toMatchObject(image);
    expect(values('charts/auth').image).toMatchObject(image);
    expect(values('charts/redis').image).toMatchObject(image);
    const { annotations } = parse(readFileSync(join(folder, 'Chart.yaml'), 'utf8'));
    const images = parse(annotations['artifacthub.io/images']) as { name: string; image: string }[];
    expect(images.map(({ name }) => name).toSorted()).toEqual(
      names.filter((name) => !['library', 'microservices-app'].includes(name)).toSorted(),
    );
    expect(images[0]?.image).toMatch(
      /^registry\.example\.org\/courtside\/install:[\d.]+@sha256:a+$/,
    );
    expect(annotations['artifacthub.io/license']).toBe('Apache-2.0');
  });

  it('[2.21] has every image named on the first page', () => {
    const [, listed = ''] = /courtside\/\{([\w,]+)\}/.exec(readFileSync('README.md', 'utf8')) ?? [];
    const images = readFileSync('helm/microservices-app/images.txt', 'utf8').matchAll(
      /\/([\w-]+):/g,
    );
    expect(listed.split(',').toSorted()).toEqual([...images].map(([, name]) => name));
  });

  it('says in each chart what the release changed in it', () => {
    const changelog = `# Changelog

## 0.2.0 (2026-12-01)

### Breaking

- **auth**: sessions end after a day

### New

- **orders**
  - an order of \\<parts> (also helm)

### Fixed

- **auth**
  - a fault

## 0.1.0 (2026-11-28)

### New

- **auth**
  - the beginning
`;
    expect(changesOf('auth', changelog, '0.2.0')).toEqual([
      { kind: 'changed', description: 'auth: sessions end after a day' },
      { kind: 'added', description: 'orders: an order of <parts> (also helm)' },
      { kind: 'fixed', description: 'auth: a fault' },
    ]);
    expect(changesOf('time', changelog, '0.2.0')).toHaveLength(1);
    expect(changesOf('microservices-app', changelog, '0.2.0')).toHaveLength(3);
    expect(changesOf('auth', changelog, '0.3.0')).toEqual([]);
  });

  it('leaves alone what is there, and goes on where it was killed', () => {
    publish('time', ...there, '--digests', digests);
    const before = readFileSync(join(registry, readdirSync(registry)[0]!));
    const { status, out } = publish(...there, '--digests', digests);
    expect(status).toBe(0);
    expect(out).toContain('time: there already, the same');
    expect(readdirSync(registry)).toHaveLength(chartsIn('helm').length);
    expect(
      readFileSync(join(registry, `${/time-.*tgz/.exec(readdirSync(registry).join('\n'))}`)),
    ).toEqual(before);
  });

  it('refuses to publish a version again with other content, before anything is pushed', () => {
    publish('time', ...there, '--digests', digests);
    writeFileSync(digests, digestsOf(names, digest.replaceAll('a', 'b')));
    const { status, err } = publish(...there, '--digests', digests);
    expect([status, err]).toEqual([
      1,
      expect.stringMatching(/charts\/time:\S+ is there with other content/),
    ]);
    expect(readdirSync(registry)).toHaveLength(1);
  });

  it('has cosign sign each by its digest, and ends where that does not work', () => {
    const cosign = join(work, 'cosign');
    writeFileSync(cosign, `#!/bin/sh\necho "$@" >>${work}/signed\n[ ! -e ${work}/fail ]\n`);
    chmodSync(cosign, 0o755);
    const args = ['time', 'web', ...there, '--digests', digests, '--cosign-key', 'cosign.key'];
    expect(publish(...args)).toMatchObject({ status: 0 });
    const [version, ...signed] = readFileSync(join(work, 'signed'), 'utf8').trim().split('\n');
    expect([version, signed.length]).toEqual(['version', 2]);
    expect(signed[0]).toBe(
      `sign --yes --key cosign.key --tlog-upload=false registry.example.org/charts/time@${digest}`,
    );
    // A kill between push and signature is made good by the next run.
    publish(...args);
    expect(readFileSync(join(work, 'signed'), 'utf8').trim().split('\n')).toHaveLength(6);
    writeFileSync(join(work, 'fail'), '');
    rmSync(registry, { recursive: true });
    mkdirSync(registry);
    expect(publish(...args)).toMatchObject({ err: expect.stringContaining('cosign'), status: 2 });
    expect(readdirSync(registry)).toEqual([]);
  });

  it('pushes nothing when it is only asked what it would do', () => {
    const { status, out } = publish('time', ...there, '--digests', digests, '--dry-run');
    expect([status, out]).toEqual([0, expect.stringContaining('would be pushed')]);
    expect(readdirSync(registry)).toEqual([]);
  });

  it('refuses an image without a digest', () => {
    writeFileSync(digests, digestsOf(['auth']));
    expect(publish('time', ...there, '--digests', digests)).toMatchObject({
      status: 1,
      err: expect.stringContaining('names none of time'),
    });
  });

  it.each([
    [['--registry', 'oci://r/c', '--digests', 'd'], '--unsigned'],
    [['--registry', 'oci://r/c', '--unsigned'], '--digests'],
    [['--registry', 'https://r/c', '--unsigned'], 'oci://HOST/PATH'],
    [['--out', 'x', '--key', 'me'], 'belong together'],
    [['--out', 'x', '--key-url', 'https://k'], 'there is none'],
    [['--out', 'x', '--key', 'me', '--keyring', 'k', '--unsigned'], 'exclude each other'],
    [['nobody', '--out', 'x'], 'There is no chart nobody'],
    [['--out', 'x', '--signed'], "Unknown option '--signed'"],
    [[], 'Where to?'],
  ])('refuses %j', (args, sentence) => {
    expect(publish(...args)).toMatchObject({ status: 2, err: expect.stringContaining(sentence) });
  });

  it('says that Helm is missing', () => {
    rmSync(join(work, 'helm'));
    expect(publish('time', '--out', join(work, 'out'))).toMatchObject({
      status: 2,
      err: expect.stringContaining('there is no program'),
    });
  });
});
