import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { serviceNames, topology } from '@courtside/contracts';
import { aDatabase, testKeys, type TestDatabase } from '@courtside/testing';
import { Client } from 'pg';
import { ensureBuilt } from './local/build.mjs';
import { makeProgress } from './local/progress.mjs';

/** The first run may have to build, milliseconds. */
const BUILT_WITHIN_MS = 120_000;

describe('an app as a program', () => {
  const keys = testKeys();
  let database: TestDatabase;
  beforeAll(async () => {
    await ensureBuilt(makeProgress({ write: () => true, isTTY: false }));
    database = await aDatabase();
  }, BUILT_WITHIN_MS);
  afterAll(() => database.drop());

  async function run(app: string, args: string[], more: Record<string, string> = {}) {
    const env = {
      ...{ PATH: process.env['PATH'], REDIS_URL: 'redis://127.0.0.1:1' },
      ...{ DATABASE_URL: database.urlOf(app), TOKEN_KEYS: keys.tokenKeys, ...more },
      ...{ SERVICE_KEY: keys.serviceKey['users'], SERVICE_JWKS: keys.serviceJwks },
    };
    const child = spawn(process.execPath, [`apps/${app}/dist/main.js`, ...args], { env });
    const outputs = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].on('data', (data: Buffer) => (outputs[name] += data.toString()));
    }
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, ...outputs };
  }

  it.each(serviceNames.filter((name) => topology[name].database))(
    'brings the database of %s up to date without a bus, and ends',
    async (app) => {
      expect(await run(app, ['migrate'])).toMatchObject({ code: 0, stderr: '' });
      const client = new Client({ connectionString: database.urlOf(app) });
      await client.connect();
      const { rows } = await client.query('SELECT name FROM migration');
      await client.end();
      expect(rows.length).toBeGreaterThan(1);
    },
  );

  it('ends with a sentence and no trace when there is no database', async () => {
    const nowhere = { DATABASE_URL: 'postgres://127.0.0.1:1/x', DATABASE_WAIT_MS: '200' };
    const { code, stderr } = await run('users', ['migrate'], nowhere);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^the database of users at 127\.0\.0\.1:1: not there within .*\n$/);
  });

  it('checks its settings, and says what is wrong without a secret', async () => {
    expect(await run('users', ['check'])).toMatchObject({ code: 0 });
    const wrong = { DATABASE_URL: 'mysql://hunter2', LOG_LEVEL: 'loud' };
    const { code, stderr } = await run('users', ['check'], wrong);
    expect(code).toBe(1);
    expect(stderr).toMatch(/LOG_LEVEL: [^]*DATABASE_URL: /);
    expect(stderr).not.toContain('hunter2');
  });

  it('refuses what it does not know, with its help', async () => {
    const { code, stderr } = await run('users', ['migrate', '--fast']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Usage: node main.js')]);
  });
});
