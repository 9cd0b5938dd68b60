import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { command } from '../../e2e/command.js';

const COLLECTION = 'postman/generated/courtside.postman_collection.json';
/** Newman and its sandbox take some seconds to load, on a busy machine more, milliseconds. */
jest.setTimeout(60_000);

interface Folder {
  readonly info: { readonly schema: string };
  readonly item: readonly { readonly name: string }[];
}
const read = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T;

describe('the collection', () => {
  let server: Server;
  /** What the stand-in answers to whoever asks for the time. */
  let time: unknown;
  beforeAll(async () => {
    server = createServer((_request, response) => {
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(JSON.stringify(time));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  const newman = (folder: string) => {
    const { port } = server.address() as AddressInfo;
    return command(process.execPath, [
      ...['node_modules/newman/bin/newman.js', 'run', COLLECTION, '--folder', folder],
      ...['--env-var', `baseUrl=http://127.0.0.1:${port}`, '--env-var', 'adminToken=x'],
    ]);
  };

  it('[1.12] can be imported by Postman, with an environment for each place and no secret in any', () => {
    const { info, item } = read<Folder>(COLLECTION);
    expect(info.schema).toMatch(/\/v2\.1\.0\/collection\.json$/);
    expect(item.map(({ name }) => name)).toEqual([
      ...['Sign up and sign in', 'Sell, buy and cancel', 'What is refused', 'Sign out'],
      ...['Every operation', 'Clean up'],
    ]);
    for (const place of ['local', 'cluster']) {
      const { values } = read<{ values: { key: string; value: string; type: string }[] }>(
        `postman/${place}.postman_environment.json`,
      );
      expect(values.map(({ key }) => key)).toEqual(['baseUrl', 'adminUsername', 'adminPassword']);
      expect(values.at(-1)).toMatchObject({ value: '', type: 'secret' });
    }
  });

  it('passes by newman alone what answers as the OpenAPI document says', async () => {
    time = { iso: '2026-11-25T09:30:00.000Z', timestamp: 1_764_063_000 };
    expect(await newman('time')).toMatch(/assertions +│ +2 │ +0 /);
  });

  it.each([
    ['without what it must have', { iso: '2026-11-25T09:30:00.000Z' }],
    ['of another type', { iso: '2026-11-25T09:30:00.000Z', timestamp: 'now' }],
    ['with more than it may have', { iso: '2026-11-25T09:30:00.000Z', timestamp: 1, zone: 'UTC' }],
  ])('fails on an answer %s', async (_what, answer) => {
    time = answer;
    await expect(newman('time')).rejects.toThrow(/expected data to satisfy schema/);
  });
});
