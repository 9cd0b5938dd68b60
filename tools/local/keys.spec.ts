import { createPublicKey, sign, verify, createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as making from '../../libs/identity/src/make-keys';
import { ensureKeys } from './keys.mjs';

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('the keys of an instance', () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'courtside-keys-')), 'keys');
  const files = ensureKeys(directory, ['gateway', 'users'], making);
  afterAll(() => rmSync(join(directory, '..'), { recursive: true }));

  it('are private to their owner', () => {
    const modes = [files.tokenKeys, files.serviceKeys.users].map((file) => statSync(file).mode);
    expect(modes.map((mode) => mode & 0o777)).toEqual([0o600, 0o600]);
  });

  it('sign what their public half verifies', () => {
    const [published] = read(files.serviceJwks).keys;
    const own = read(files.serviceKeys.gateway);
    const signature = sign(
      'sha256',
      Buffer.from('said'),
      createPrivateKey({ key: own, format: 'jwk' }),
    );
    const key = createPublicKey({ key: published, format: 'jwk' });
    expect([published.kid, own.kid]).toEqual(['gateway.1', 'gateway.1']);
    expect(verify('sha256', Buffer.from('said'), key, signature)).toBe(true);
  });

  it('never stand in a public file', () => {
    const published = [...read(files.serviceJwks).keys, ...read(files.tokenJwks).keys];
    expect(published.map((key) => Object.keys(key).sort())).toEqual(
      published.map(() => ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']),
    );
  });

  it('stay the same when an app is added', () => {
    const before = [read(files.tokenKeys), read(files.serviceKeys.users)];
    ensureKeys(directory, ['gateway', 'users', 'time'], making);
    expect([read(files.tokenKeys), read(files.serviceKeys.users)]).toEqual(before);
    expect(read(files.serviceJwks).keys.map(({ kid }: { kid: string }) => kid)).toEqual([
      'gateway.1',
      'users.1',
      'time.1',
    ]);
  });

  it('are made anew when a crash cut one short', () => {
    writeFileSync(files.serviceKeys.users, '{"kty":');
    ensureKeys(directory, ['gateway', 'users'], making);
    expect(read(files.serviceKeys.users).kid).toBe('users.1');
  });
});
