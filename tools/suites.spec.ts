import { spawnSync } from 'node:child_process';
import { filesOf, jestArguments, passedBySuite, suiteNames, suiteOf } from './suites.mjs';

/** What jest would run, told in paths below the root. */
function listed(args: string[]): string[] {
  const jest = ['node_modules/jest/bin/jest.js', '--listTests', ...args];
  const { stdout, stderr } = spawnSync(process.execPath, jest, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(`${process.cwd()}/`, ''))
    .sort();
}

describe('npm test', () => {
  it('[2.11] has the suites containers, frontend, backend and database, each with tests, and runs all', () => {
    expect(suiteNames.toSorted()).toEqual(['backend', 'containers', 'database', 'frontend']);
    const all = listed([]);
    for (const suite of suiteNames) {
      const files = filesOf(suite, process.cwd());
      expect([suite, files.length > 0]).toEqual([suite, true]);
      expect(all).toEqual(expect.arrayContaining(files));
    }
    expect(new Set(all.map(suiteOf))).toEqual(new Set([...suiteNames, 'tools']));
  });

  it('[2.11] runs one suite by its name', () => {
    expect(listed(jestArguments(['--suite', 'frontend'], process.cwd()))).toEqual([
      'apps/web/test/web.spec.ts',
    ]);
    const database = listed(jestArguments(['--suite', 'database'], process.cwd()));
    expect(database).toContain('libs/database/test/migrate.spec.ts');
    expect(database.filter((path) => suiteOf(path) !== 'database')).toEqual([]);
  });

  it('counts what passed by suite', () => {
    const passed = { status: 'passed' };
    const results = {
      testResults: [
        { name: '/here/apps/web/test/web.spec.ts', assertionResults: [passed, passed] },
        {
          name: '/here/apps/users/src/a.spec.ts',
          assertionResults: [passed, { status: 'failed' }],
        },
      ],
    };
    expect(passedBySuite(results, '/here')).toEqual({
      containers: 0,
      frontend: 2,
      database: 0,
      backend: 1,
      tools: 0,
    });
  });

  it('says which suites there are when it is asked for another, and gives jest the rest', () => {
    const { status, stderr } = spawnSync(process.execPath, ['tools/test.mjs', '--suite', 'taste'], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      2,
      expect.stringContaining('containers, frontend, database'),
    ]);
    expect(jestArguments(['--unit', '-t', 'a name'], '.')).toEqual([
      ...['-t', 'a name', '--selectProjects', 'unit'],
    ]);
  });
});
