import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as making from '../../../libs/identity/src/make-keys';
import { ensureKeys } from '../../local/keys.mjs';

const PACKED_WITHIN_MS = 120_000;
const folder = mkdtempSync(join(tmpdir(), 'pack-'));
const out = (name: string) => join(folder, name);
const pack = (app: string, name = app) =>
  execFileSync(process.execPath, ['tools/images/bundle.mjs', app, out(name)], { stdio: 'pipe' });
const below = (name: string): string[] =>
  readdirSync(out(name), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(out(name), join(entry.parentPath, entry.name)))
    .sort();
const bill = (name: string) =>
  JSON.parse(readFileSync(join(out(name), 'sbom.cdx.json'), 'utf8')) as {
    metadata: { component: { purl: string }; timestamp?: string };
    components: { name: string; purl: string; hashes?: object[] }[];
  };
const packagesIn = (name: string) =>
  bill(name).components.map(({ purl }) =>
    decodeURIComponent(purl.replace(/^pkg:npm\/|@[^@]*$/g, '')),
  );

/** Whoever runs an image may write nothing in it: under root, somebody else runs it here too. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function environment(app: string): NodeJS.ProcessEnv {
  const keys = ensureKeys(out('keys'), ['gateway', 'auth', 'time'], making);
  const text = (file: string) => readFileSync(file, 'utf8');
  return {
    NODE_OPTIONS: '--enable-source-maps',
    NODE_ENV: 'test',
    REDIS_URL: 'memory:',
    SERVICE_KEY: text(keys.serviceKeys[app]!),
    SERVICE_JWKS: text(keys.serviceJwks),
    TOKEN_KEYS: text(keys.tokenKeys),
    TOKEN_JWKS: text(keys.tokenJwks),
    DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
    DATABASE_WAIT_MS: '0',
    PORT: '0',
    ADMIN_PORT: '0',
    ROUTES_DIR: join(out(app), 'app', 'routes'),
  };
}

/** Starts what was packed; resolves with what it printed once it is ready or has ended. */
async function start(app: string, env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [join(out(app), 'app', 'main.js')], {
    cwd: join(out(app), 'app'),
    env: { ...environment(app), ...env },
    ...nobody,
  });
  let output = '';
  const ready = new Promise<void>((resolve) => {
    const hear = (bytes: Buffer) => {
      output += bytes.toString();
      if (output.includes('"msg":"ready"')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
  });
  await Promise.race([ready, once(child, 'close')]);
  return { child, output };
}

async function stop(child: ChildProcess): Promise<number | null> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  return ((await ended) as [number | null])[0];
}

beforeAll(() => {
  chmodSync(folder, 0o755);
  const build = `
    import { ensureBuilt } from './tools/local/build.mjs';
    import { makeProgress } from './tools/local/progress.mjs';
    await ensureBuilt(makeProgress(process.stderr));`;
  execFileSync(process.execPath, ['--input-type=module', '-e', build], { stdio: 'pipe' });
  for (const app of ['time', 'gateway', 'auth']) pack(app);
}, PACKED_WITHIN_MS);
afterAll(() => rmSync(folder, { recursive: true }));

describe('a packed app', () => {
  it('is one file with its source map, and what it reads beside it', () => {
    expect(below('time')).toEqual([
      'app/main.js',
      'app/main.js.map',
      'app/package.json',
      'sbom.cdx.json',
    ]);
    expect(below('gateway')).toContain('app/routes/public.yaml');
    expect(below('gateway').filter((file) => file.includes('swagger'))).toHaveLength(5);
  });

  it('starts from a folder that it cannot write, and ends when it is told to', async () => {
    const { child, output } = await start('time');
    expect(output).toContain('"ready"');
    expect(await stop(child)).toBe(0);
  });

  it('names the line of the source where an error was made', async () => {
    const key = JSON.parse(environment('time')['SERVICE_KEY'] ?? '') as object;
    const { output } = await start('time', {
      SERVICE_KEY: JSON.stringify({ ...key, kid: 'somebody' }),
    });
    expect(output).toMatch(/Error: the key of time[^]*libs\/identity\/src\/keys\.ts:\d+:\d+/);
    expect(output).not.toMatch(/libs\/[a-z]+\/dist/);
  });

  it('serves what was packed beside it', async () => {
    const { child, output } = await start('gateway');
    const url = /"url":"([^"]+)"/.exec(output)?.[1] ?? '';
    const paths = ['/schema', '/docs', '/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css'];
    const answers = paths.map(async (path) => (await fetch(url + path)).status);
    expect(await Promise.all(answers)).toEqual([200, 200, 200, 200]);
    expect(await stop(child)).toBe(0);
  });

  it('brings native code for one platform, and finds it', async () => {
    const native = below('auth').filter((file) => file.endsWith('.node'));
    expect(native).toEqual([expect.stringContaining(`${process.platform}-${process.arch}`)]);
    // As far as it comes without a database, which is after all code was loaded.
    const { output } = await start('auth');
    expect(output).toContain('ECONNREFUSED');
  });

  it('loads a large package only when it is needed, from a file of its own', () => {
    expect(below('gateway')).toContain('app/lazy/kubernetes-client-node.js');
    expect(below('auth').filter((file) => file.includes('lazy'))).toEqual([]);
  });

  it('is the same, to the byte and the second, when it is packed again', () => {
    pack('time', 'again');
    const state = (name: string) =>
      below(name).map((file) => {
        const path = join(out(name), file);
        const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
        return [file, hash, lstatSync(path).mtimeMs, lstatSync(path).mode];
      });
    expect(state('again')).toEqual(state('time'));
  });
});

describe('the bill of materials', () => {
  it('lists what is packed, by version and hash, and nothing of the tools', () => {
    expect(bill('time').metadata.component.purl).toMatch(/^pkg:npm\/%40courtside\/time@/);
    expect(packagesIn('time')).toEqual(
      expect.arrayContaining(['@courtside/service', '@nestjs/core', 'ioredis', 'pino', 'zod']),
    );
    for (const tool of ['jest', 'typescript', 'esbuild', 'typeorm', 'fastify']) {
      expect(packagesIn('time')).not.toContain(tool);
    }
    const ours = ({ purl }: { purl: string }) => purl.includes('%40courtside');
    const unproven = bill('time').components.filter((each) => !each.hashes && !ours(each));
    expect(unproven).toEqual([]);
  });

  it('lists what lies beside the bundle too', () => {
    expect(packagesIn('gateway')).toEqual(
      expect.arrayContaining(['swagger-ui-dist', '@kubernetes/client-node']),
    );
    expect(packagesIn('auth').filter((name) => name.startsWith('@node-rs/'))).toHaveLength(2);
  });
});
