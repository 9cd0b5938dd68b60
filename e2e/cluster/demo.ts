import { helm } from './cluster.js';
import { command } from '../command.js';
import { authority, install, preparePlatform, RELEASE, type Platform } from './platform.js';
import { plainHttp, publishCharts, publishedChart } from './published.js';
import { settings } from './settings.js';

/** Installed once the platform before is gone, since both answer to one name. */
export const demo = (): void =>
  describe('installed as a demo, from a registry', () => {
    let platform: Platform;

    beforeAll(async () => {
      const prepared = await preparePlatform(`${settings.namespace}-demo`, {
        global: { demo: true },
      });
      await publishCharts(prepared);
      // Which images it runs, the chart says.
      platform = { ...prepared, values: prepared.values.slice(0, 1), chart: publishedChart };
      await install(platform, plainHttp);
    });

    afterAll(() => helm(['uninstall', RELEASE, '-n', platform.namespace]));

    it('[2.15] [2.20] keeps every promise of the journeys through its ingress', async () => {
      const env = { DEMO_URL: platform.url, NODE_EXTRA_CA_CERTS: authority };
      await command('npm', ['run', '--silent', 'e2e:demo'], { env, withinMs: 240_000 });
    });
  });
