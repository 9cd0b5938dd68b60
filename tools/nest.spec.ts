import { spawnSync } from 'node:child_process';

/** The first use installs the Nest command line. */
const INSTALLED_WITHIN_MS = 120_000;

const generate = (...args: string[]) =>
  spawnSync(process.execPath, ['tools/nest.mjs', 'generate', ...args, '--dry-run'], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  }).stdout;

describe('nest generate', () => {
  it(
    'puts a new controller or service beside the features of its app',
    () => {
      expect(generate('controller', 'alarm', '--project', 'orders')).toMatch(
        /CREATE.* apps\/orders\/src\/alarm\/alarm\.controller\.ts/,
      );
      expect(generate('service', 'alarm', '--project', 'time')).toMatch(
        /CREATE.* apps\/time\/src\/alarm\/alarm\.service\.ts/,
      );
    },
    INSTALLED_WITHIN_MS,
  );
});
