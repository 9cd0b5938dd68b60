import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readDigests, writeDigests } from './digests.mjs';
import { digestInRegistry } from './registry.mjs';

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

describe('the file of digests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'digests-'));
  const file = join(folder, 'values.yaml');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is values of the charts, one image after the other', () => {
    writeDigests(file, { gateway: digest('a'), time: digest('b') });
    expect(parse(readFileSync(file, 'utf8'))).toEqual({
      gateway: { image: { digest: digest('a') } },
      time: { image: { digest: digest('b') } },
    });
  });

  it('names the image of PostgreSQL for backups too', () => {
    const own = join(folder, 'postgres.yaml');
    writeDigests(own, { postgres: digest('e') });
    const image = { digest: digest('e') };
    expect(parse(readFileSync(own, 'utf8'))).toEqual({ postgres: { image }, backup: { image } });
    expect(readDigests(own)).toEqual({ postgres: digest('e') });
  });

  it('is read as what there is to fetch, and refused where an image has no digest', () => {
    const own = join(folder, 'release.yaml');
    const digests = { gateway: digest('a'), postgres: digest('e'), redis: digest('f') };
    writeDigests(own, digests);
    expect(readDigests(own)).toEqual(digests);
    for (const text of ['time: { image: { tag: latest } }\n', 'time:\n']) {
      writeFileSync(own, text);
      expect(() => readDigests(own)).toThrow(`${own} has no digest of time`);
    }
  });

  it('keeps what else is in it: other images, other values, comments', () => {
    writeFileSync(
      file,
      `# ours\ntime:\n  replicas: 3 # enough\n  image:\n    digest: ${digest('b')}\n`,
    );
    writeDigests(file, { time: digest('c'), web: digest('d') });
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('# ours');
    expect(text).toContain('# enough');
    expect(parse(text)).toEqual({
      time: { replicas: 3, image: { digest: digest('c') } },
      web: { image: { digest: digest('d') } },
    });
  });

  it('takes no digest that is none, and no file that is no YAML', () => {
    const before = readFileSync(file, 'utf8');
    expect(() => writeDigests(file, { time: 'latest' })).toThrow('the digest of time is "latest"');
    expect(readFileSync(file, 'utf8')).toBe(before);
    writeFileSync(file, 'a: [1');
    expect(() => writeDigests(file, { time: digest('c') })).toThrow(file);
  });
});

describe('the digest of an image', () => {
  let registry: Server;
  let host: string;
  const asked: string[] = [];
  beforeAll(async () => {
    registry = createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers.accept}`);
      const isThere = request.url === '/v2/club/courtside/time/manifests/1.0.0';
      response.writeHead(
        isThere ? 200 : 404,
        isThere ? { 'docker-content-digest': digest('e') } : {},
      );
      response.end();
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    host = `127.0.0.1:${(registry.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => registry.close(resolve)));

  it('is what the registry says, of images for one platform or many', async () => {
    expect(await digestInRegistry(`${host}/club/courtside/time:1.0.0`)).toBe(digest('e'));
    expect(asked[0]).toMatch(/^HEAD .*oci\.image\.index.*oci\.image\.manifest/);
  });

  it('is missed with the address that was asked', async () => {
    await expect(digestInRegistry(`${host}/courtside/time:2`)).rejects.toThrow(
      `http://${host}/v2/courtside/time/manifests/2 answers 404`,
    );
  });
});
