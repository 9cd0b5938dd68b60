import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBoth, findRedis } from './redis-source.mjs';

describe('the Redis that is used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'courtside-redis-'));
  const cache = join(folder, 'cache');
  afterAll(() => rmSync(folder, { recursive: true }));

  /** A program that says which version it is. */
  const aServer = (name: string, says: string) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\necho '${says}'\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const find = (env: object) => findRedis({ COURTSIDE_CACHE: cache, ...env }, { mayFetch: false });

  it('is the one that VALKEY_BIN names, before any other', async () => {
    const VALKEY_BIN = aServer('mine', 'Valkey server v=8.1.0 sha=0');
    aServer('redis-server', 'Redis server v=7.0.15 sha=0');
    const { source } = await find({ VALKEY_BIN, PATH: folder });
    expect(source).toMatchObject({ name: 'Valkey', version: '8.1.0', why: 'VALKEY_BIN names it' });
  });

  it('is never another than the one that VALKEY_BIN names', async () => {
    await expect(find({ VALKEY_BIN: '/nowhere', PATH: folder })).rejects.toThrow(
      'VALKEY_BIN: /nowhere does not run.',
    );
  });

  it('is the one on PATH', async () => {
    const program = aServer('redis-server', 'Redis server v=7.0.15 sha=0');
    const { source } = await find({ PATH: `/nowhere:${folder}` });
    expect(source).toMatchObject({ program, version: '7.0.15', why: 'it is on PATH' });
  });

  it('is not one that is too old, and the reason is told', async () => {
    const program = aServer('redis-server', 'Redis server v=6.2.5 sha=0');
    expect(await find({ PATH: folder })).toEqual({
      source: undefined,
      refusals: [`${program} is version 6.2.5; 7.0 is the oldest that will do`],
    });
  });

  it('is one of each kind, told apart by what they say of themselves', async () => {
    const path = join(folder, 'both');
    mkdirSync(path);
    const redis = aServer(join('both', 'redis-server'), 'Redis server v=7.0.15 sha=0');
    const valkey = aServer(join('both', 'valkey-server'), 'Valkey server v=9.1.2 sha=0');
    const both = await findBoth({ COURTSIDE_CACHE: cache, PATH: path }, { mayFetch: false });
    expect(both).toMatchObject({ redis: { program: redis }, valkey: { program: valkey } });
    aServer(join('both', 'redis-server'), 'Valkey server v=9.1.2 sha=0');
    const one = await findBoth({ COURTSIDE_CACHE: cache, PATH: path }, { mayFetch: false });
    expect(one.redis).toBeUndefined();
  });
});
