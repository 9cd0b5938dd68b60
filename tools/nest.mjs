/**
 * `npm run nest -- generate controller alarm --project orders`: the Nest command line, installed at its
 * first use into a folder of its own.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const home = join('tools', 'nest-cli');
const program = join(home, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');

if (!existsSync(program)) {
  console.error('installing the Nest command line, once');
  const install = ['install', '--prefix', home, '--no-package-lock', '--no-audit', '--no-fund'];
  const { status } = spawnSync('npm', install, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) {
    console.error('that failed: the Nest command line needs the npm registry at its first use');
    process.exit(1);
  }
}
const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exit(status ?? 1);
