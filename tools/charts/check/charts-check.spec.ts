import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { imagesIn } from '../../images/list.mjs';
import { madeFiles } from './made.mjs';
import { mutants } from './mutants.mjs';
import { nameFaults } from './names.mjs';
import { suites } from './suites.mjs';
import { titlesOf } from './titles.mjs';

const run = (program: string, environment: Record<string, string>, ...args: string[]) =>
  spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...environment },
  });

/** A program that answers `version` as Helm does, and nothing else. */
function bareHelm(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'helm-')), 'helm');
  writeFileSync(
    path,
    '#!/bin/sh\n[ "$1" = version ] && echo v4.1.4 && exit 0\necho no such command >&2\nexit 1\n',
  );
  chmodSync(path, 0o755);
  return path;
}

describe('check:charts', () => {
  it('says that Helm is missing, and where it looks for it', () => {
    const { status, stderr } = run('tools/charts-check.mjs', { HELM: '/no/such/helm' });
    expect(status).toBe(2);
    expect(stderr).toContain('there is no program /no/such/helm');
    expect(stderr).toMatch(/HELM +Helm 3 or 4/);
  });

  it('says that helm-unittest is missing, and where it looks for it', () => {
    const { status, stderr } = run('tools/charts-check.mjs', { HELM: bareHelm() });
    expect(status).toBe(2);
    expect(stderr).toContain('HELM_UNITTEST names no program: no such command');
  });

  it('refuses an option that it does not have', () => {
    const { status, stderr } = run('tools/charts-check.mjs', {}, '--wriet');
    expect(status).toBe(2);
    expect(stderr).toContain("Unknown option '--wriet'");
  });

  it('finds files that are not as the charts make them', async () => {
    const helm = {
      template: async () => 'kind: Pod\nspec: { containers: [{ image: other:1 }] }\n',
    };
    expect(await madeFiles(helm, { isWrite: false })).toEqual([
      'helm/microservices-app/images.txt is not what the charts make: npm run check:charts -- --write',
      'k8s/networkpolicy.yaml is not what the charts make: npm run check:charts -- --write',
    ]);
  });

  it('finds names that do not fit, and names that two objects share', () => {
    const one = (kind: string, name: string, label = 'x') =>
      JSON.stringify({ kind, metadata: { name, labels: { label } } });
    const long = 'x'.repeat(53);
    const all = [one('Service', 'a'), one('Service', 'a'), one('Pod', 'a', 'y'.repeat(64))];
    expect(
      nameFaults([...all, one('StatefulSet', long), one('Pod', long)].join('\n---\n')),
    ).toEqual([
      'two objects are called Service a',
      `too long for a StatefulSet: ${long}`,
      `too long for a label: ${'y'.repeat(64)}`,
    ]);
  });

  it('tells the titles of suites, each once, and none of what is passed over', () => {
    const root = mkdtempSync(join(tmpdir(), 'charts-'));
    for (const folder of ['one', 'two', 'library/tests']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    const tests =
      "suite: doors\ntests:\n  - it: '[0.7] open'\n  - it: shut\n    skip: { reason: x }\n";
    writeFileSync(join(root, 'library/tests/app_door_test.yaml'), tests);
    writeFileSync(join(root, 'library/tests/bus_door_test.yaml'), 'suite: other\ntests: []\n');
    const globs = ['../library/tests/app_*_test.yaml'];
    expect(titlesOf(['one', 'two'], globs, root)).toEqual(['doors [0.7] open']);
  });

  it('runs what all apps have alike in each of them', () => {
    const [, app, bus, database] = suites();
    expect(app?.charts).toEqual(['gateway', 'auth', 'users', 'products', 'orders', 'time', 'web']);
    expect(bus?.charts).not.toContain('web');
    expect(database?.charts).toEqual(['auth', 'users', 'products', 'orders']);
  });
});

describe('images.txt', () => {
  it('lists every image that is built for charts, and no other', () => {
    const built = imagesIn(process.cwd()).filter(({ isInCharts }) => isInCharts);
    const listed = readFileSync('helm/microservices-app/images.txt', 'utf8').trim().split('\n');
    const names = listed.map((image) => /^courtside\/([a-z]+):\d+\.\d+\.\d+$/.exec(image)?.[1]);
    expect(names).toEqual(built.map(({ name }) => name).toSorted());
  });
});

describe('mutate:charts', () => {
  it('changes each condition and each list of each template', () => {
    const all = mutants('helm').filter(
      ({ file }) => file === 'microservices-app/templates/network.yaml',
    );
    expect(all.map(({ line, says }) => `${line} ${says}`)).toEqual([
      '2 {{- if .Values.global.networkPolicy.enabled }}  becomes  {{- if true }}',
      '2 {{- if .Values.global.networkPolicy.enabled }}  becomes  {{- if false }}',
      '8 {{- if eq .Values.defaultDeny "namespace" }}  becomes  {{- if true }}',
      '8 {{- if eq .Values.defaultDeny "namespace" }}  becomes  {{- if false }}',
    ]);
    const range = mutants('helm').find(({ says }) => says.includes('range $path, $_ := '));
    expect(range?.says).toContain('becomes  {{- range $path, $_ := list }}');
  });

  it('says that helm-unittest is missing', () => {
    const { status, stderr } = run('tools/charts-mutate.mjs', { HELM: bareHelm() });
    expect(status).toBe(2);
    expect(stderr).toContain('HELM_UNITTEST');
  });
});
