import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const run = (tool: string, args: string[], env: Record<string, string> = {}) =>
  spawnSync(process.execPath, [tool, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], ...env },
  });

const empty = join(mkdtempSync(join(tmpdir(), 'smoke-')), 'empty');
writeFileSync(empty, '\n');
const url = ['--url', 'https://sports.example'];

describe('npm run smoke', () => {
  it.each([
    [[], /--url is missing/],
    [['--url', 'sports.example'], /--url must be like https:/],
    [['--url', 'https://sports.example/api'], /--url must be like https:/],
    [['--url', 'https://me:password@sports.example'], /--url must be like https:/],
    [[...url, '--admin-username', 'admin'], /are given together/],
    [
      [...url, '--admin-username', 'a', '--admin-password-file', '/nowhere'],
      /--admin-password-file: .*nowhere/,
    ],
    [[...url, '--admin-username', 'a', '--admin-password-file', empty], /is empty/],
    [[...url, '--insecure-ca', '/nowhere'], /--insecure-ca: .*nowhere/],
    [[...url, '--operations'], /--operations needs an administrator/],
    [[...url, '--within', '0'], /--within must be 1 to 3600 seconds/],
    [[...url, '--frobnicate'], /'--frobnicate'/],
  ])('is not begun with wrong input: %j', (args, sentence) => {
    const { status, stderr, stdout } = run('tools/smoke.mjs', args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(sentence);
    expect(stderr).toContain('npm run smoke -- --url URL');
  });

  it('fails where nobody answers, and says so', () => {
    const { status, stderr } = run('tools/smoke.mjs', ['--url', 'http://127.0.0.1:9']);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/ECONNREFUSED|EACCES/)]);
  });
});

describe('npm run e2e:demo', () => {
  it.each([
    [{}, /DEMO_URL is not set/],
    [{ DEMO_URL: 'demo.example.org' }, /DEMO_URL must be like https:/],
    [{ DEMO_URL: 'http://127.0.0.1:9' }, /does not answer/],
  ])('is not begun with %j', (env, sentence) => {
    const { status, stderr } = run('tools/e2e-demo.mjs', [], env);
    expect([status, stderr]).toEqual([2, expect.stringMatching(sentence)]);
  });
});
