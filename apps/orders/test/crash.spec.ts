import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Enough to build first, and for a machine that has other things to do, milliseconds. */
const ENDS_WITHIN_MS = 180_000;
const root = join(__dirname, '..', '..', '..');

interface Row {
  readonly points: number;
  readonly confirmed: number;
  readonly cancelled: number;
}

/** `npm run crash` in small: exit code 1 is a late outbox, which is a figure and no promise here. */
async function crash(...args: string[]): Promise<Row[]> {
  const command = [join(root, 'bench', 'crash.mjs'), 'orders', '--json', ...args];
  const run = promisify(execFile)(process.execPath, command, { cwd: root, env: process.env });
  const { stdout } = await run.catch((error: { stdout: string; stderr: string }) => {
    if (error.stdout) return error;
    throw error;
  });
  return JSON.parse(stdout) as Row[];
}

describe('orders and products that are killed at any statement', () => {
  it(
    '[4.23] lose no order, double none and keep every piece of the stock',
    async () => {
      const [row] = await crash('--seed', '11', '--points', '8');
      expect(row).toMatchObject({ points: 8, lost: 0, doubled: 0, wrongStock: 0, faults: 0 });
      expect(row!.confirmed + row!.cancelled).toBeGreaterThan(0);
    },
    ENDS_WITHIN_MS,
  );
});
