/** Writes generated files, or finds those that have drifted. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as prettier from 'prettier';

/** Makers read what the build made. @returns {boolean} whether it could be made */
export function build() {
  const args = ['-b', 'tsconfig.build.json', '--noCheck'];
  const tsc = join('node_modules', '.bin', 'tsc');
  return spawnSync(tsc, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/**
 * @param {{ path: string, text: string | undefined, parser?: string }[]} files without a text: to be removed
 * @param {{ isCheck: boolean }} options to change nothing
 * @returns {Promise<number>} the exit code: 1 when a check found drift
 */
export async function writeFiles(files, { isCheck }) {
  const stale = [];
  for (const { path, text, parser } of files) {
    const formatted = parser
      ? await prettier.format(text, { ...(await prettier.resolveConfig(path)), parser })
      : text;
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    if (before === formatted) continue;
    stale.push(path);
    if (isCheck) continue;
    if (formatted === undefined) {
      rmSync(path);
      continue;
    }
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, formatted);
  }
  const verb = isCheck ? 'is not what the code makes now: npm run generate' : 'written';
  for (const path of stale) console.log(`${path} ${verb}`);
  return isCheck && stale.length > 0 ? 1 : 0;
}
