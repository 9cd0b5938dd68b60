import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, testKeys } from '@courtside/testing';
import { anNpmRegistry, type NpmRegistry } from './registry-stand-in.js';

/** What is not in npm's cache yet comes from the internet. */
jest.setTimeout(180_000);

const use = `
import { createCourtsideClient } from '@courtside/client';
import { messages, Problem } from '@courtside/contracts';
import { MemoryBroker, TransportClient } from '@courtside/transport';
const broker = new MemoryBroker({});
await broker.connect();
const client = new TransportClient({ broker, service: 'me' });
const code = await client.request('nobody.asks', {}).catch((error) => error.code);
await client.close();
await broker.close();
const http = createCourtsideClient({ baseUrl: 'http://127.0.0.1:1' });
console.log([messages.size > 20, new Problem('orders.unknown').status, code, typeof http.GET].join());
`;

const table = `apiVersion: courtside/v1
kind: RouteTable
`;

describe('the published packages', () => {
  const home = mkdtempSync(join(tmpdir(), 'published-'));
  let registry: NpmRegistry;

  async function run(program: string, args: readonly string[], more: object = {}) {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...more,
      env: { ...process.env, NODE_OPTIONS: '', ...registry.env, ...(more as { env?: object }).env },
    });
    let [out, err] = ['', ''];
    child.stdout!.on('data', (data) => (out += data));
    child.stderr!.on('data', (data) => (err += data));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, out, err };
  }
  /** @throws Error with what the program said, when it fails. */
  async function succeed(program: string, args: readonly string[], more: object = {}) {
    const { status, err } = await run(program, args, more);
    if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${status}\n${err}`);
  }
  const publish = (...args: string[]) =>
    run(process.execPath, ['tools/publish-packages.mjs', ...args]);
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];

  beforeAll(async () => {
    registry = await anNpmRegistry();
    await succeed(process.execPath, ['tools/publish-packages.mjs', '--registry', registry.url]);
  });
  afterAll(async () => {
    rmSync(home, { recursive: true, force: true });
    await registry.close();
  });

  it('are bound to each other by exactly their version, with no word of this repository', () => {
    expect([...registry.packages.keys()]).toEqual(
      expect.arrayContaining(
        ['client', 'contracts', 'gateway', 'transport'].map((name) => `@courtside/${name}`),
      ),
    );
    for (const { versions } of registry.packages.values()) {
      for (const [version, { dist: _, ...manifest }] of Object.entries(versions)) {
        const { dependencies = {}, devDependencies } = manifest as Record<
          string,
          Record<string, string>
        >;
        const own = Object.entries(dependencies).filter(([name]) => name.startsWith('@courtside/'));
        expect(own.filter(([, range]) => range !== version)).toEqual([]);
        expect(devDependencies).toBeUndefined();
        expect(JSON.stringify(dependencies)).not.toMatch(/"(workspace:|file:|link:|\*)/);
      }
    }
  });

  it('[1.6] are installed and used in an empty project', async () => {
    const project = join(home, 'empty');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    const wanted = ['client', 'contracts', 'gateway', 'transport'].map(
      (name) => `@courtside/${name}`,
    );
    await succeed('npm', ['install', ...quiet, ...wanted], { cwd: project });
    writeFileSync(join(project, 'use.mjs'), use);
    const used = await run(process.execPath, ['use.mjs'], { cwd: project });
    expect(used).toEqual({ status: 0, out: 'true,404,NO_CONSUMER,function\n', err: '' });
    const inside = readdirSync(join(project, 'node_modules/@courtside/transport'), {
      recursive: true,
    });
    expect(inside).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'dist/index.d.ts']));
    expect(inside.filter((path) => /\.spec\.|node_modules/.test(String(path)))).toEqual([]);
  });

  it('say what is wrong with a route table, before a gateway refuses it', async () => {
    const project = join(home, 'empty');
    const routes = join(project, 'node_modules/.bin/courtside-routes');
    const own = 'node_modules/@courtside/gateway/routes/public.yaml';
    const check = (file: string) => run(process.execPath, [routes, file], { cwd: project });
    expect(await check(own)).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^\d+ routes, nothing wrong/),
    });
    writeFileSync(join(project, 'wrong.yaml'), table);
    expect(await check('wrong.yaml')).toMatchObject({
      status: 1,
      out: expect.stringContaining('wrong.yaml:'),
    });
  });

  it('[4.29] of the gateway runs its example in an empty project, with its licence', async () => {
    const project = join(home, 'gateway-example');
    const installed = join(project, 'node_modules/@courtside/gateway');
    cpSync('apps/gateway/example', project, { recursive: true });
    await succeed('npm', ['install', ...quiet], { cwd: project });
    const { status, out, err } = await run('npm', ['start', '--silent'], { cwd: project });
    const readme = readFileSync(join(installed, 'example/README.md'), 'utf8');
    const [, promised] = /```text\n([\s\S]*?)```/.exec(readme)!;
    expect([status, out, err]).toEqual([0, promised, '']);
    expect(await run('npm', ['run', 'check', '--silent'], { cwd: project })).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^2 routes, nothing wrong/),
    });
    expect(readFileSync(join(installed, 'LICENSE'), 'utf8')).toBe(readFileSync('LICENSE', 'utf8'));
  });

  it('are published again as they are, without a change', async () => {
    const before = JSON.stringify([...registry.packages]);
    const { status, out } = await publish('transport', 'contracts', '--registry', registry.url);
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(
        /^@courtside\/transport@\S+: there already, the same\n.*: there already, the same\n$/,
      ),
    ]);
    expect(JSON.stringify([...registry.packages])).toBe(before);
  });

  it('are what they were: another content under the same version is refused before anything goes', async () => {
    const other = await anNpmRegistry();
    const [contracts] = structuredClone([registry.packages.get('@courtside/contracts')!]);
    for (const { dist } of Object.values(contracts.versions)) dist.integrity = 'sha512-AAAA';
    other.packages.set('@courtside/contracts', contracts);
    const { status, err } = await publish('client', 'contracts', '--registry', other.url);
    await other.close();
    expect([status, err]).toEqual([1, expect.stringContaining('with other content')]);
    expect([...other.packages.keys()]).toEqual(['@courtside/contracts']);
  });

  it('refuse a registry that is none, and a package that there is not', async () => {
    expect(await publish('--registry', 'npmjs.org')).toMatchObject({ status: 2 });
    expect(await publish('--dry-run', 'nobody')).toMatchObject({
      status: 2,
      err: expect.stringContaining('There is no package nobody'),
    });
    expect(await publish()).toMatchObject({ status: 2, err: expect.stringContaining('Where to?') });
  });

  describe('with an app that is split out', () => {
    const project = join(home, 'time');
    const node = (...args: string[]) => run(process.execPath, args, { cwd: project });

    beforeAll(async () => {
      const args = ['tools/split-out.mjs', 'time', project, '--registry', registry.url];
      await succeed(process.execPath, args);
      await succeed('npm', ['install', '--ignore-scripts', ...quiet], { cwd: project });
    });

    it('[1.13] agree with its types, and compile it', async () => {
      const tsc = 'node_modules/typescript/bin/tsc';
      expect(await node(tsc, '-p', 'tsconfig.json')).toEqual({ status: 0, out: '', err: '' });
      const emit = [tsc, '-p', 'tsconfig.build.json', '--noCheck'];
      expect(await node(...emit)).toEqual({ status: 0, out: '', err: '' });
      expect(existsSync(join(project, 'dist/main.js'))).toBe(true);
    });

    it('[1.13] pass its own tests', async () => {
      const { status, err } = await node('node_modules/jest/bin/jest.js', '--ci');
      expect([status, err]).toEqual([
        0,
        expect.stringMatching(/^Test Suites: 2 passed, 2 total$/m),
      ]);
    });

    it('[1.13] start it', async () => {
      const keys = testKeys();
      const port = await freePort();
      const child = spawn(process.execPath, ['dist/main.js'], {
        cwd: project,
        stdio: 'ignore',
        env: {
          ...{ PATH: process.env['PATH'], REDIS_URL: 'memory:', ADMIN_PORT: `${port}` },
          ...{ SERVICE_KEY: keys.serviceKey['time'], SERVICE_JWKS: keys.serviceJwks },
        },
      });
      try {
        const readyz = `http://127.0.0.1:${port}/time/readyz`;
        const answers = () =>
          fetch(readyz)
            .then(({ ok }) => ok)
            .catch(() => false);
        await eventually('it is ready', answers, 30_000);
      } finally {
        child.kill('SIGTERM');
      }
      const [code] = (await once(child, 'exit')) as [number | null];
      expect(code).toBe(0);
    });

    it('[1.13] release it: its chart is with it, of real files', () => {
      const chart = join(project, 'helm/time');
      const files = readdirSync(chart, { recursive: true, withFileTypes: true });
      expect(files.filter((file) => file.isSymbolicLink())).toEqual([]);
      expect(existsSync(join(chart, 'charts/library/Chart.yaml'))).toBe(true);
    });
  });

  it('are not written over what is there', async () => {
    const { status, err } = await run(process.execPath, ['tools/split-out.mjs', 'time', 'apps']);
    expect([status, err]).toEqual([1, expect.stringContaining('apps is not empty')]);
    expect(await run(process.execPath, ['tools/split-out.mjs', 'nobody', home])).toMatchObject({
      status: 1,
      err: expect.stringContaining('There is no app nobody'),
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
