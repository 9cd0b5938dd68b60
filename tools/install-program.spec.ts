import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiServer, ApiStatus } from '@courtside/testing';
import { ensureBuilt } from './local/build.mjs';
import { makeProgress } from './local/progress.mjs';

/** The first run may have to build, milliseconds. */
const BUILT_WITHIN_MS = 120_000;

const service = (name: string) => ({ secret: name, managed: true, database: true });
const plan = join(mkdtempSync(join(tmpdir(), 'plan-')), 'plan.json');
writeFileSync(
  plan,
  JSON.stringify({
    namespace: 'shop',
    labels: {},
    services: { auth: service('auth'), users: service('users') },
    bus: { url: 'redis://redis:6379', secret: 'redis' },
    database: { url: 'postgres://postgres/courtside', secret: 'postgres' },
    firstAdmin: { secret: 'first-admin' },
  }),
);

describe('the program of an installation', () => {
  let server: ApiServer;
  beforeAll(() => ensureBuilt(makeProgress({ write: () => true, isTTY: false })), BUILT_WITHIN_MS);
  beforeEach(async () => (server = await ApiServer.start()));
  afterEach(() => server.close());

  /** Runs it as a job does; `begun` gets its process. */
  async function run(args: string[], begun: (kill: () => void) => void = () => undefined) {
    const env = { PATH: process.env['PATH'], KUBECONFIG: server.kubeconfig };
    const child = spawn(process.execPath, ['apps/install/dist/main.js', ...args], { env });
    begun(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr };
  }

  const kept = () =>
    new Map(
      server.store.list('v1/secrets/shop').map((secret) => {
        return [secret.metadata.name, secret['data'] as Record<string, string>];
      }),
    );

  it.each([2, 5])(
    'may be killed after %i writes: the next run keeps what they made',
    async (writes) => {
      let seen = 0;
      const killed = await run(['secrets', '--plan', plan], (kill) => {
        server.fault = ({ method }) => {
          if (method === 'GET' || ++seen <= writes) return undefined;
          kill();
          return new ApiStatus(503, 'nobody hears this');
        };
      });
      expect(killed.code).toBeNull();
      const before = kept();
      expect(before.size).toBeGreaterThan(0);
      server.fault = () => undefined;
      expect(await run(['secrets', '--plan', plan])).toEqual({ code: 0, stderr: '' });
      for (const [name, data] of before) expect(kept().get(name)).toMatchObject(data);
    },
  );

  it('says what is wrong in sentences, with the code of a job that failed', async () => {
    server.fault = () => new ApiStatus(403, 'secrets is forbidden');
    expect(await run(['secrets', '--plan', plan])).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^the Secret \S+ cannot be read: 403 secrets is forbidden\n$/),
    });
    const { code, stderr } = await run(['secrets', '--plan', '/nowhere']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('the plan cannot be read')]);
  });
});
