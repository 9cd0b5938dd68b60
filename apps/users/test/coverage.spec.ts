import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(__dirname, '../../..');
const PERCENT_MIN = 90;
/** All other specs of users run once more, measured. */
const RUN_MS_MAX = 180_000;

interface Coverage {
  readonly total: Record<'lines' | 'branches', { readonly pct: number }>;
}

/** The specs of users by themselves, on the servers that this run has. */
async function coverageOfUsers(): Promise<Coverage['total']> {
  const directory = await mkdtemp(join(tmpdir(), 'courtside-coverage-'));
  try {
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const args = [
      ...['apps/users', '--selectProjects', 'unit', 'app'],
      ...['--testPathIgnorePatterns', '(coverage|crash).spec'],
      ...['--coverage', '--coverageReporters=json-summary', `--coverageDirectory=${directory}`],
      ...['--collectCoverageFrom=apps/users/src/**', '--collectCoverageFrom=!**/*.spec.ts'],
    ];
    await promisify(execFile)(process.execPath, [jest, ...args], { cwd: root });
    const summary = await readFile(join(directory, 'coverage-summary.json'), 'utf8');
    return (JSON.parse(summary) as Coverage).total;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

describe('the specs of users', () => {
  it(
    `[4.31] run at least ${PERCENT_MIN} % of its lines and branches`,
    async () => {
      const { lines, branches } = await coverageOfUsers();
      expect(lines.pct).toBeGreaterThanOrEqual(PERCENT_MIN);
      expect(branches.pct).toBeGreaterThanOrEqual(PERCENT_MIN);
    },
    RUN_MS_MAX,
  );
});
