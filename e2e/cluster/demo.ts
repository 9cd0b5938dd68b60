import { helm } from './cluster.js';
import { command } from './command.js';
import { authority, install, preparePlatform, RELEASE, type Platform } from './platform.js';
import { settings } from './settings.js';

/** Installed once the platform before is gone, since both answer to one name. */
export const demo = (): void =>
  describe('installed as a demo', () => {
    let platform: Platform;

    beforeAll(async () => {
      platform = await preparePlatform(`${settings.namespace}-demo`, { global: { demo: true } });
      await install(platform);
    });

    afterAll(() => helm(['uninstall', RELEASE, '-n', platform.namespace]));

    it('[2.15] [2.20] keeps every promise of the journeys through its ingress', async () => {
      const env = { DEMO_URL: platform.url, NODE_EXTRA_CA_CERTS: authority };
      await command('npm', ['run', '--silent', 'e2e:demo'], { env, withinMs: 240_000 });
    });
  });
