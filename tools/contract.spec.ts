import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { carriedBy, rowsOf } from './contract.mjs';

const run = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/contract.mjs', ...args], { encoding: 'utf8' });

interface Result {
  readonly fullName: string;
  readonly status: string;
}

const written = (path: string, tests: readonly Result[]): string => {
  writeFileSync(path, JSON.stringify({ testResults: [{ assertionResults: tests }] }));
  return path;
};

const resultsOf = (...tests: Result[]): string =>
  written(join(mkdtempSync(join(tmpdir(), 'contract-')), 'results.json'), tests);

describe('the list of promises', () => {
  it('has 120 rows, each once', () => {
    const ids = rowsOf(readFileSync('docs/contract.md', 'utf8')).map(({ id }) => id);
    expect(ids).toHaveLength(120);
    expect(new Set(ids).size).toBe(120);
  });

  it('reads ids from titles, substitutes apart', () => {
    const { direct, substitutes } = carriedBy([
      'a [4.9] keeps [1.1] it',
      '[4.22 by substitute: x] y',
    ]);
    expect([...direct]).toEqual(['4.9', '1.1']);
    expect([...substitutes]).toEqual([['4.22', 'x']]);
  });

  it('counts only tests that passed', () => {
    const results = resultsOf(
      { fullName: '[4.9] kept', status: 'passed' },
      { fullName: '[4.10] broken', status: 'failed' },
      { fullName: '[4.11] skipped', status: 'pending' },
    );
    const { stdout, status } = run('--results', results);
    expect(status).toBe(1);
    expect(stdout).not.toMatch(/^missing {2}4\.9 /m);
    expect(stdout).toMatch(/^missing {2}4\.10 /m);
    expect(stdout).toMatch(/^missing {2}4\.11 /m);
    expect(stdout).toContain('1 of 120');
    expect(run('--results', results, '--allow-missing').status).toBe(0);
  });

  it('tells what each suite carries, what it carries alone, and what only a substitute shows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'contract-'));
    const passed = (fullName: string): Result => ({ fullName, status: 'passed' });
    const test = written(join(folder, 'test-results.json'), [
      passed('[4.9] [4.10] x'),
      passed('y'),
    ]);
    const other = written(join(folder, 'cluster-results.json'), [
      ...[passed('[4.10] x'), passed('[4.22 by substitute: no controller] x')],
      ...[passed('[4.9 by substitute: a model] x'), passed('[9.9] x')],
    ]);
    const { stdout } = run('--results', test, '--results', other);
    expect(stdout).toMatch(/^test +2 tests carry 2 promises, alone: 4\.9$/m);
    expect(stdout).toMatch(/^cluster +4 tests carry 2 promises, alone: 9\.9$/m);
    expect(stdout).toMatch(/^by substitute {2}4\.22: no controller$/m);
    expect(stdout).not.toContain('a model');
    expect(stdout).toMatch(/^unknown {2}9\.9: /m);
    expect(stdout).toContain(
      '3 of 120 promises are carried by a passing test, 1 of them by a subst',
    );
  });

  it('says what is wrong with how it was called', () => {
    const absent = run('--results', '/nowhere.json');
    expect([absent.status, absent.stderr]).toEqual([2, expect.stringContaining('/nowhere.json')]);
    expect(run('--everything').status).toBe(2);
  });
});

describe('the map of the replaced projects', () => {
  it('[1.21] [4.20] names a place that exists for each of their paths, or says when it comes', () => {
    const rows = [
      ...readFileSync('docs/seeds.md', 'utf8').matchAll(/^\| [^|\n]*`[^|]+ \| ([^|]+?) +\|/gm),
    ];
    expect(rows.length).toBeGreaterThan(20);
    for (const [, target = ''] of rows) {
      const paths = [...target.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? '');
      if (target.startsWith('planned')) continue;
      expect(paths.length).toBeGreaterThan(0);
      for (const path of paths) expect([path, existsSync(path)]).toEqual([path, true]);
    }
  });
});
