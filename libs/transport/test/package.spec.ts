import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../src/conformance/lab.js';

/** What is not in npm's cache yet comes from the internet. */
jest.setTimeout(180_000);

const url = process.env['TEST_REDIS_URL'] ?? 'none';
const onServer = url === 'none' ? describe.skip : describe;

/** A driver of one's own, put to the test as the library's own are: with any test runner. */
const ownDriver = `
import { conformance } from '@courtside/transport/conformance';
import { MemoryBroker, MemoryHub } from '@courtside/transport';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
const expect = (value) => ({
  toBe: (expected) => assert.equal(value, expected),
  toEqual: (expected) => assert.deepEqual(value, expected),
  toMatchObject: (expected) => assert.partialDeepStrictEqual?.(value, expected),
  toBeLessThan: (expected) => assert.ok(value < expected),
  toBeGreaterThan: (expected) => assert.ok(value > expected),
});
const harness = () => {
  const hub = new MemoryHub();
  return {
    broker: (options) => new MemoryBroker({ hub, ...options }),
    wipe: async () => hub.wipe(),
    dropConnections: async (broker) => broker.interruptConnection(),
    deadLetters: async (queue) => hub.deadLetters(queue),
    queueSize: async (queue) => hub.queue(queue).size,
    close: async () => {},
  };
};
conformance({ describe, it, expect }, harness, { only: /^a request is/ });
`;

describe('the packed library', () => {
  const home = mkdtempSync(join(tmpdir(), 'transport-package-'));
  const project = join(home, 'project');
  const installed = join(project, 'node_modules/@courtside/transport');
  const read = (path: string) => readFileSync(join(installed, path), 'utf8');

  function run(program: string, args: readonly string[], options: SpawnOptions = {}) {
    const env = { ...process.env, NODE_OPTIONS: '', REDIS_URL: url, ...options.env };
    const { status, stdout, stderr } = spawnSync(program, args, {
      cwd: project,
      encoding: 'utf8',
      ...options,
      env,
    } as object) as unknown as { status: number | null; stdout: string; stderr: string };
    return { status, out: stdout, err: stderr };
  }
  const tsc = (...args: string[]) =>
    run(process.execPath, ['node_modules/typescript/bin/tsc', ...args]);

  beforeAll(() => {
    const root = { cwd: process.cwd() };
    const pack = ['tools/publish-packages.mjs', 'transport', '--out', home];
    const packed = run(process.execPath, pack, root);
    if (packed.status !== 0) throw new Error(packed.err);
    const [tarball = ''] = packed.out.trim().split('\n');
    cpSync('libs/transport/example', project, { recursive: true, filter: isOfExample });
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    const install = run('npm', ['install', ...quiet, tarball]);
    if (install.status !== 0) throw new Error(install.err);
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  onServer('in an empty project', () => {
    it('[4.29] runs its example', () => {
      const { status, out, err } = run('npm', ['start', '--silent']);
      expect([status, err]).toEqual([0, '']);
      const [, promised = ''] = /```text\n([\s\S]*?)```/.exec(read('example/README.md')) ?? [];
      expect(out.trim().split('\n').sort()).toEqual(promised.trim().split('\n').sort());
    });

    it('[4.29] does what its README begins with, until it is told to end', async () => {
      const [, quickStart = ''] = /## Quick start[\s\S]*?```ts\n([\s\S]*?)```/.exec(
        read('README.md'),
      )!;
      expect(quickStart.split('\n').length).toBeLessThanOrEqual(41);
      writeFileSync(join(project, 'src/quick-start.ts'), quickStart);
      expect(tsc()).toEqual({ status: 0, out: '', err: '' });
      const child = spawn(process.execPath, ['dist/quick-start.js'], {
        cwd: project,
        env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: url },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.on('data', (data) => (out += data));
      await until('both messages', () => /paid: 7/.test(out) && /state: 'open'/.test(out));
      child.kill('SIGTERM');
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
      expect([code ?? signal]).toEqual(['SIGTERM']);
    });
  });

  it.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('has types for modules as %s, found as %s', (module, moduleResolution) => {
    writeFileSync(
      join(project, 'types.ts'),
      `import { TransportClient, type RequestOptions } from '@courtside/transport';
       import { conformance, type Harness } from '@courtside/transport/conformance';
       declare const client: TransportClient, options: RequestOptions, harness: () => Harness;
       const answer: Promise<number> = client.request<number>('a.b', {}, options);
       // @ts-expect-error: a deadline is a number, so the types are there and no 'any'
       void client.request('a.b', {}, { deadlineMs: 'soon' });
       void [answer, conformance, harness];`,
    );
    const options = ['--module', module, '--moduleResolution', moduleResolution];
    const strict = ['--noEmit', '--strict', '--target', 'es2023', '--types', 'node'];
    const args = ['--ignoreConfig', 'types.ts', ...options, ...strict, '--skipLibCheck'];
    expect(tsc(...args)).toEqual({ status: 0, out: '', err: '' });
  });

  it('puts a driver of somebody else to the test', () => {
    writeFileSync(join(project, 'own-driver.mjs'), ownDriver);
    const { status, out } = run(process.execPath, [
      '--test',
      '--test-reporter=tap',
      'own-driver.mjs',
    ]);
    expect([status, out]).toEqual([0, expect.stringMatching(/^# pass [1-9]/m)]);
  });

  it('has a command that says how it is used', () => {
    const bin = join(project, 'node_modules/.bin/courtside-transport');
    expect(run(process.execPath, [bin, '--help'])).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^courtside-transport dead-letters/),
    });
    expect(run(process.execPath, [bin, 'mend'])).toMatchObject({ status: 2 });
  });

  it('[4.29] carries its licence, and nothing that only this repository reads', () => {
    const files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'CHANGELOG.md', 'docs/contract.md']),
    );
    expect(files.filter((path) => /\.spec\.|simulation|tsbuildinfo|^test/.test(path))).toEqual([]);
    expect(read('LICENSE')).toBe(readFileSync('LICENSE', 'utf8'));
    const manifest = JSON.parse(read('package.json')) as Record<string, unknown>;
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      engines: { node: expect.any(String) },
    });
    expect(['scripts', 'devDependencies', 'private'].filter((key) => key in manifest)).toEqual([]);
  });

  it('links to nothing that is not in it', () => {
    const files = readdirSync(installed, { recursive: true }).map(String);
    const pages = files.filter((path) => path.endsWith('.md') && !path.startsWith('node_modules'));
    const broken = pages.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, target = '']) => join(page, '..', target))
        .filter((target) => !files.includes(target.replace(/\/$/, '')))
        .map((target) => `${page}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

function isOfExample(path: string): boolean {
  return !/example\/(node_modules|dist)/.test(path);
}
