import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Enough to build first, and for a machine that has other things to do, milliseconds. */
const ENDS_WITHIN_MS = 180_000;
const root = join(__dirname, '..', '..', '..');

interface Row {
  readonly points: number;
  readonly kept: number;
  readonly deleted: number;
  readonly faults: number;
}

/** `npm run crash` in small. */
async function crash(...args: string[]): Promise<Row[]> {
  const command = [join(root, 'bench', 'crash.mjs'), 'accounts', '--json', ...args];
  const run = promisify(execFile)(process.execPath, command, { cwd: root, env: process.env });
  // Exit code 1 with a table is about how long things took, which is a figure and no promise here.
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    if (error.stdout) return error;
    throw error;
  });
  return JSON.parse(stdout) as Row[];
}

describe('users and auth that are killed at any statement', () => {
  it(
    '[4.8] leave no half account, no name of nobody, no password of nobody and no wrong event',
    async () => {
      const [row] = await crash('--seed', '11', '--points', '8');
      expect(row).toMatchObject({ points: 8, faults: 0 });
      expect(Math.min(row!.kept, row!.deleted)).toBeGreaterThan(0);
    },
    ENDS_WITHIN_MS,
  );
});
