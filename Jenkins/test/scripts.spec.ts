import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';

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
});
