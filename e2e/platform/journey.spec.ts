import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_PASSWORD } from '@courtside/contracts';
import { aPlatform, type TestPlatform } from '@courtside/testing';
import { app as orders } from '../../apps/orders/src/app.js';
import { app as products } from '../../apps/products/src/app.js';
import { app as time } from '../../apps/time/src/app.js';
import { app as auth } from '../../apps/auth/src/app.js';
import { install } from '../../apps/install/src/install.js';
import { gateway, rowsOf, urlOf, users } from './apps.js';

/** A whole journey, on a machine that has other things to do, milliseconds. */
const WALKED_WITHIN_MS = 60_000;
jest.setTimeout(WALKED_WITHIN_MS);

let platform: TestPlatform;
beforeAll(async () => {
  const demo = { DEMO: 'true' };
  platform = await aPlatform([auth, users, products, orders, time, gateway], {
    env: { auth: demo, users: demo },
  });
});
afterAll(() => platform.close());

/** The Secret of the first administrator, as it is mounted. */
function mounted(password = DEMO_PASSWORD): string {
  const directory = mkdtempSync(join(tmpdir(), 'first-admin-'));
  writeFileSync(join(directory, 'username'), 'admin\n');
  writeFileSync(join(directory, 'password'), password);
  return directory;
}

async function journey(args: string[]) {
  const [said, complaints]: [string[], string[]] = [[], []];
  const code = await install(
    ['journey', ...args],
    {},
    {
      say: (line) => void said.push(line),
      complain: (line) => void complaints.push(line),
    },
  );
  return { code, said, complaints: complaints.join('\n') };
}
const toPlatform = (...more: string[]) =>
  journey(['--url', urlOf(platform), '--admin', mounted(), ...more]);

const rows = <R extends object>(service: string, sql: string) => rowsOf<R>(platform, service, sql);
const customers = () => rows('users', `SELECT id FROM "user" WHERE username LIKE 'check-%'`);
const offered = () =>
  rows<{ stock: number }>(
    'products',
    `SELECT stock FROM product WHERE name LIKE 'Courtside check%'`,
  );

describe('the journey through a platform', () => {
  it('passes every step, tells each with its time, and leaves nothing that anybody could use', async () => {
    const { code, said, complaints } = await toPlatform();
    expect([code, complaints]).toEqual([0, '']);
    // What it waits for is told as well, where the platform has much to do.
    const steps = said.slice(0, -1).filter((line) => !line.startsWith('waiting for '));
    expect(steps).toHaveLength(14);
    for (const step of steps) expect(step).toMatch(/^ok +\d+ ms {2}[a-z]/);
    expect(said.at(-1)).toMatch(/^14 steps passed in \d+\.\d s$/);
    expect(await customers()).toEqual([]);
    expect(await offered()).toEqual([{ stock: 0 }]);
  });

  it('may be repeated, and walked by several at once, without filling the catalogue', async () => {
    const codes = await Promise.all([toPlatform(), toPlatform(), toPlatform()]);
    for (const { code, complaints } of codes) expect([code, complaints]).toEqual([0, '']);
    await toPlatform();
    expect(await customers()).toEqual([]);
    const left = await offered();
    expect(left.length).toBeLessThanOrEqual(3);
    expect(left.every(({ stock }) => stock === 0)).toBe(true);
  });

  it('deletes what it made though a step fails, and says what was expected and what came', async () => {
    await platform.stop('orders');
    try {
      // Left out of what it waits for, as if orders broke down just then.
      const proxy = await anUpProxy(urlOf(platform));
      const { code, complaints, said } = await journey([
        ...['--url', proxy.url, '--admin', mounted(), '--wait', '5'],
      ]);
      proxy.close();
      expect(code).toBe(1);
      expect(complaints).toMatch(
        /^failed where somebody orders the product: expected a confirmed order, got 503 service\./,
      );
      expect(said.filter((line) => line.startsWith('FAIL'))).toHaveLength(1);
      expect(said.at(-1)).toMatch(/ok .* takes the product away again/);
      expect(await customers()).toEqual([]);
      expect((await offered()).every(({ stock }) => stock === 0)).toBe(true);
    } finally {
      await platform.start(orders);
    }
  });

  it('never tells the password it was given', async () => {
    const password = 'a wrong one, and long';
    const args = ['--url', urlOf(platform), '--admin', mounted(password), '--wait', '0'];
    const { code, complaints, said } = await journey(args);
    expect(code).toBe(1);
    expect(complaints).toMatch(
      /signs in as the first administrator: expected an access token, got/,
    );
    expect(complaints).toContain('auth.credentials-wrong');
    expect(complaints + said.join()).not.toContain(password);
  });

  it('waits for a platform, and says in the end what was not up', async () => {
    const nowhere = ['--url', 'http://127.0.0.1:1', '--admin', mounted(), '--wait', '0'];
    const { code, complaints } = await journey(nowhere);
    expect([code, complaints]).toEqual([1, expect.stringMatching(/ECONNREFUSED|bad port/)]);
  });

  it.each([
    [['--url', 'sports.example', '--admin', mounted()], 2, /--url must be like https/],
    [['--admin', mounted()], 2, /--url is missing/],
    [
      ['--url', 'http://x', '--admin', '/nowhere'],
      1,
      /first administrator is not known: .*nowhere/,
    ],
  ])('is not begun with wrong input: %j', async (args, code, sentence) => {
    expect(await journey(args)).toMatchObject({
      code,
      complaints: expect.stringMatching(sentence),
    });
  });
});

/** Says that all is up, and passes everything else on. */
async function anUpProxy(target: string) {
  const server = createServer((request, response) => {
    if (request.url === '/smoke') return void response.end('{}');
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const method = request.method ?? 'GET';
      const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
      void fetch(target + request.url, {
        method,
        headers: headers as Record<string, string>,
        body,
      }).then(
        async (answer) => {
          response.writeHead(answer.status, {
            'content-type': answer.headers.get('content-type') ?? '',
          });
          response.end(await answer.text());
        },
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
