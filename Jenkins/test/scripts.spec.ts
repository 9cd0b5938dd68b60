import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const run = (program: string, ...args: string[]) =>
  spawnSync(program, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });

describe('the scripts of the pipelines', () => {
  const scripts = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'Jenkins'], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && readFileSync(path, 'utf8').startsWith('#!'));

  it('are ten, each of which can be run by hand', () => {
    expect(scripts.length).toBeGreaterThanOrEqual(10);
    for (const path of scripts) accessSync(path, constants.X_OK);
  });

  it('are clean by shellcheck', () => {
    const settings = ['dev', 'stage', 'prod'].map(
      (name) => `Jenkins/deploy/environments/${name}/settings`,
    );
    const { status, stdout } = run(
      'shellcheck',
      '--external-sources',
      '--source-path=SCRIPTDIR',
      ...scripts,
      ...settings,
    );
    expect([status, stdout]).toEqual([0, '']);
  });

  it.each([
    ['Jenkins/build/changes', 'usage: Jenkins/build/changes'],
    ['Jenkins/build/test', 'TESTS names no folder'],
    ['Jenkins/build/images', "usage: IMAGES='gateway users'"],
    ['Jenkins/build/registry', 'usage: Jenkins/build/registry login|ensure|logout'],
    ['Jenkins/build/sign', 'reads release/pushed'],
    ['Jenkins/deploy/upgrade', 'usage: Jenkins/deploy/upgrade RELEASE CHART'],
    ['Jenkins/deploy/roll-out', 'environments: dev prod stage'],
    ['Jenkins/deploy/kubeconfig', 'usage: Jenkins/deploy/kubeconfig NAMESPACE'],
  ])('%s says how it is meant when it is not, and ends with 2', (script, said) => {
    const { status, stderr } = run(script);
    expect([status, stderr]).toEqual([2, expect.stringContaining(said)]);
  });

  it('say what is missing before anything begins', () => {
    const { status, stderr } = spawnSync('Jenkins/deploy/roll-out', ['dev'], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '', REGISTRY: 'registry.example.org' },
    });
    expect([status, stderr]).toEqual([2, expect.stringContaining('release/chart.tgz is missing')]);
  });

  it('sign every image, whatever the programs that they run read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sign-'));
    for (const made of ['release', 'bin', 'apps/gateway']) {
      mkdirSync(join(folder, made), { recursive: true });
    }
    const images = ['gateway', 'users', 'redis'].map((name) => `registry.example.org/${name}`);
    writeFileSync(
      join(folder, 'release/pushed'),
      images.map((image) => `${image}:1.0.0@sha256:abc\n`).join(''),
    );
    const reader = '#!/bin/sh\ncat >/dev/null\necho "$@" >> calls\n';
    for (const program of ['cosign', 'buildah']) {
      writeFileSync(join(folder, 'bin', program), reader, { mode: 0o755 });
    }
    const { status, stderr } = spawnSync(resolve('Jenkins/build/sign'), {
      cwd: folder,
      input: '',
      encoding: 'utf8',
      env: { PATH: `${join(folder, 'bin')}:${process.env['PATH']}`, COSIGN_KEY: 'key' },
    });
    const calls = readFileSync(join(folder, 'calls'), 'utf8').split('\n');
    rmSync(folder, { recursive: true });
    expect([status, stderr]).toEqual([0, '']);
    const signed = calls.filter((call) => call.startsWith('sign '));
    expect(signed.map((call) => call.split(' ').at(-1))).toEqual(
      images.map((image) => `${image}@sha256:abc`),
    );
  });
});
