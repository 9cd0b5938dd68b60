import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs specs, each given as the text of its file, by a Jest of its own. */
function runSpecs(...texts: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'jest-run-'));
  for (const [n, text] of texts.entries()) writeFileSync(join(folder, `${n}.spec.cjs`), text);
  const config = { rootDir: folder, testEnvironment: 'node', testMatch: ['<rootDir>/*.spec.cjs'] };
  const given = {
    results: join(folder, 'results.json'),
    args: ['--config', JSON.stringify(config)],
  };
  const program = `import { runJest } from './tools/local/jest-run.mjs';
    process.exitCode = await runJest(${JSON.stringify(given)});`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    input: '',
  });
  return { ...run, folder, results: given.results };
}

describe('a run of Jest', () => {
  it('keeps its results, and nothing that its tests left among the temporary files', () => {
    const { status, stdout, folder, results } = runSpecs(`
      const { mkdtempSync, writeFileSync } = require('node:fs');
      test('leaves something', () => {
        const left = mkdtempSync(require('node:os').tmpdir() + '/left-');
        writeFileSync(__dirname + '/left', left);
      });`);
    expect([status, stdout]).toEqual([0, '1 passed, 0 failed\n']);
    expect(JSON.parse(readFileSync(results, 'utf8'))).toMatchObject({ numPassedTests: 1 });
    expect(existsSync(readFileSync(join(folder, 'left'), 'utf8'))).toBe(false);
  });

  it('counts a file that cannot be loaded as a failure', () => {
    const { status, stdout } = runSpecs(`test('is well', () => {});`, `throw new Error('no');`);
    expect([status, stdout]).toEqual([1, '1 passed, 1 failed\n']);
  });

  it('says so when Jest ends without a result', () => {
    const { status, stdout, stderr } = runSpecs(`process.kill(process.pid, 'SIGKILL');`);
    expect([status, stdout]).toEqual([1, '0 passed, 1 failed\n']);
    expect(stderr).toContain('The run ended before it had a result.');
  });
});
