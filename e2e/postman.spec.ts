import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, signIn } from './api.js';
import { command } from './command.js';

/** Newman and its sandbox take some seconds to load, on a busy machine more, milliseconds. */
const WALKED_WITHIN_MS = 120_000;
jest.setTimeout(WALKED_WITHIN_MS);

const { BASE_URL = '', NODE_EXTRA_CA_CERTS: authority } = process.env;

const smoke = (...args: string[]) => {
  const trusting = authority ? ['--insecure-ca', authority] : [];
  const given = ['tools/smoke.mjs', '--url', new URL(BASE_URL).origin, ...trusting, ...args];
  return command(process.execPath, given, { withinMs: WALKED_WITHIN_MS });
};

interface Product {
  readonly name: string;
  readonly stock: number;
}

/** What runs of the collection left: accounts, and products that somebody could buy. */
async function left() {
  const token = await signIn('admin');
  const users = await call<{ items: { username: string }[] }>(
    'GET /api/users?search=postman-&limit=200',
    { token },
  );
  const products = await call<{ items: Product[] }>(
    'GET /api/products?search=Courtside%20collection&limit=200',
  );
  return {
    users: users.body.items.map(({ username }) => username),
    offered: products.body.items.filter(({ stock }) => stock !== 0).map(({ name }) => name),
  };
}

describe('the Postman collection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postman-'));
  const passwordFile = join(folder, 'password');
  beforeAll(() => writeFileSync(passwordFile, 'a\n'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const asAdmin = ['--admin-username', 'admin', '--admin-password-file', passwordFile];

  it('[1.12] passes by newman, its journey and every operation of the OpenAPI document, and cleans up', async () => {
    const said = await smoke(...asAdmin, '--operations');
    const steps = said.trim().split('\n').slice(0, -1);
    for (const step of steps) expect(step).toMatch(/^ok +\d+ ms {2}\d{3} {2}[A-Za-z]/);
    const { body } = await call<{ paths: Record<string, Record<string, object>> }>('GET /schema');
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods)
        // Pages of an upstream are no operations, and are there where it is installed.
        .filter(([, operation]) => 'x-message' in operation)
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations.length).toBeGreaterThan(40);
    for (const operation of operations) expect(said).toContain(`: ${operation}\n`);
    expect(said).toMatch(/^\d+ steps passed in [\d.]+ s$/m);
    expect(await left()).toEqual({ users: [], offered: [] });
  });

  it('signs up and is refused without an administrator, and takes up the product of an earlier run with one', async () => {
    const said = await smoke();
    expect(said).toMatch(/^no administrator is given: nothing is sold and bought$/m);
    expect(said).not.toContain('Sell, buy and cancel');
    expect(said).toContain('Clean up: Deletes the account');
    const again = await smoke(...asAdmin);
    expect(again).toContain('Takes it up, where another run was not faster');
    expect(again).not.toContain('Puts a product on sale');
    expect(await left()).toEqual({ users: [], offered: [] });
  });

  it('stops at the first step that fails, says which, and deletes what it made', async () => {
    writeFileSync(passwordFile, 'not the password of the administrator');
    const failed = smoke(...asAdmin).catch((error: Error) => error.message);
    const said = await failed;
    expect(said).toMatch(/^FAIL .* 401 {2}Sell, buy and cancel: Signs in as an administrator$/m);
    expect(said).toMatch(/^failed after \d+ steps/m);
    expect(said).not.toContain('What is refused');
    expect(said).not.toContain('not the password');
    expect(said).toMatch(/^ok .* Clean up: Deletes the account$/m);
    writeFileSync(passwordFile, 'a\n');
    expect(await left()).toEqual({ users: [], offered: [] });
  });
});
