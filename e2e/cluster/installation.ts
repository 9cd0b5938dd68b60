import { command } from '../command.js';
import { helm, kubectl, objects, type ClusterObject } from './cluster.js';
import {
  apps,
  authority,
  buildImages,
  describeTrouble,
  install,
  preparePlatform,
  RELEASE,
  stores,
  type Platform,
} from './platform.js';
import { runningPods } from './pods.js';
import { settings } from './settings.js';

/** The platform of the suite, once it is installed. */
export let platform: Platform;

/** How long something took, for the record of a run. */
const report = (what: string, since: number): void => {
  const seconds = ((performance.now() - since) / 1_000).toFixed(1);
  process.stderr.write(`    ${what}: ${seconds} s\n`);
};

export const installation = (): void =>
  describe('installed by Helm', () => {
    beforeAll(async () => {
      const since = performance.now();
      await buildImages();
      report('images built and pushed', since);
      platform = await preparePlatform(settings.namespace, { backup: { enabled: true } });
    }, 900_000);

    it('[2.15] is there after one command, in a namespace that enforces Pod Security restricted', async () => {
      const since = performance.now();
      await install(platform).catch(async (error: Error) => {
        throw new Error(`${error.message}\n${await describeTrouble(platform.namespace)}`);
      });
      report('helm install until every pod is ready', since);
      const pods = await runningPods(platform.namespace);
      expect(pods.map(({ app }) => app).toSorted()).toEqual([...apps, ...stores].toSorted());
    });

    it('[4.21] signs in and orders by helm test', async () => {
      const since = performance.now();
      const said = await helm([
        'test',
        RELEASE,
        '-n',
        platform.namespace,
        '--logs',
        '--timeout',
        '60s',
      ]);
      report('helm test', since);
      expect(said).toMatch(/Phase:\s+Succeeded/);
    });

    it('[3.19] tells where it is and how to ask it, and the command that it prints works', async () => {
      const notes = await helm(['get', 'notes', RELEASE, '-n', platform.namespace]);
      expect(notes).toContain('The platform:       https://');
      expect(notes).toContain('WARNING: the bundled data stores are one server each');
      const [, printed = ''] = /^ +curl (https:\S+)$/m.exec(notes) ?? [];
      const { hostname, port } = new URL(platform.url);
      // The notes cannot know on which port of this machine the ingress is reached.
      const there = `${hostname}:443:127.0.0.1:${port || 443}`;
      const said = await command('curl', [
        '-fsS',
        '--cacert',
        authority,
        '--connect-to',
        there,
        printed,
      ]);
      expect(JSON.parse(said)).toMatchObject({ items: expect.any(Array) });
    });

    it('[3.17] has containers whose port, Service and protocol agree on 8080', async () => {
      const services = await objects<ServiceObject>(platform.namespace, 'services');
      for (const app of ['gateway', 'web']) {
        const service = services.find(({ metadata }) => metadata.name === `${RELEASE}-${app}`);
        const http = service?.spec.ports.find(({ name }) => name === 'http');
        expect(http).toMatchObject({ port: 80, targetPort: 'http', appProtocol: 'http' });
        const jsonpath = `{.spec.template.spec.containers[0].ports[?(@.name=="http")].containerPort}`;
        const path = ['get', `deployment/${RELEASE}-${app}`, '-o', `jsonpath=${jsonpath}`];
        expect(await kubectl(['-n', platform.namespace, ...path])).toBe('8080');
      }
    });
  });

interface ServiceObject extends ClusterObject {
  readonly spec: {
    readonly ports: readonly {
      readonly name: string;
      readonly port: number;
      readonly targetPort: string;
      readonly appProtocol?: string;
    }[];
  };
}
