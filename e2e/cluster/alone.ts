import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';
import { helm, until } from './cluster.js';
import { platform } from './installation.js';
import { signInAsAdmin } from './journeys.js';
import { install, RELEASE } from './platform.js';
import { runningPods } from './pods.js';
import { throughIngress } from './through-ingress.js';

const ALONE = 'the-time';

/** The values of one chart, out of those of the umbrella. */
function valuesOf(chart: string): string {
  const files = platform.values.map((file) => parse(readFileSync(file, 'utf8')) as Values);
  const merged = {
    ...Object.assign({}, ...files.map((values) => values[chart] ?? {})),
    global: { ...files[0]?.['global'], platform: RELEASE },
  };
  const file = `${platform.values[0]}.${chart}.json`;
  writeFileSync(file, JSON.stringify(merged));
  return file;
}

type Values = Readonly<Record<string, object | undefined>>;

export const alone = (): void =>
  describe('with a chart that is installed by itself', () => {
    it('[4.21] is one platform with it, and works as before', async () => {
      await install(platform, ['--set', 'deploy.time=false']);
      // What is up is asked every few seconds only.
      await until('the platform misses it', async () =>
        (await throughIngress(platform, 'GET /smoke')).status === 503 ? true : undefined,
      );
      const file = valuesOf('time');
      const where = ['-n', platform.namespace, '-f', file, '--wait', '--timeout', '60s'];
      await helm(['install', ALONE, 'helm/time', ...where]);
      const pods = await runningPods(platform.namespace);
      expect(pods.filter(({ app }) => app === 'time')).toHaveLength(1);
      const token = await signInAsAdmin();
      expect((await throughIngress(platform, 'GET /api/v1/time', { token })).status).toBe(200);
      await helm(['uninstall', ALONE, '-n', platform.namespace, '--wait']);
      await install(platform);
    });
  });
