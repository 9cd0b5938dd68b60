import { kubectl, objects, type ClusterObject } from './cluster.js';
import { platform } from './installation.js';
import { apps, install, RELEASE, rendered } from './platform.js';
import { runningPods } from './pods.js';
import { throughIngress } from './through-ingress.js';

const TIMES = 10;

/** Every secret's own bytes, by its name; what Helm keeps of its releases is no secret of ours. */
async function secretsOf(namespace: string): Promise<Record<string, unknown>> {
  const secrets = await objects<ClusterObject>(namespace, 'secrets');
  const own = secrets.filter(({ metadata }) => metadata.name.startsWith(`${RELEASE}-`));
  return Object.fromEntries(own.map(({ metadata, data }) => [metadata.name, data]));
}

export const upgrades = (): void =>
  describe('upgraded', () => {
    it(`${TIMES} times, keeps every secret as it is`, async () => {
      const before = await secretsOf(platform.namespace);
      expect(Object.keys(before)).toEqual(
        expect.arrayContaining([`${RELEASE}-auth`, `${RELEASE}-redis`, `${RELEASE}-first-admin`]),
      );
      for (let time = 0; time < TIMES; time += 1) await install(platform);
      expect(await secretsOf(platform.namespace)).toEqual(before);
    }, 600_000);

    it('by what GitOps applies, the bare output of a render, keeps every secret as it is', async () => {
      const before = await secretsOf(platform.namespace);
      const sync = async () => {
        const render = await rendered(platform);
        await kubectl(
          ['-n', platform.namespace, 'apply', '--server-side', '--force-conflicts', '-f', '-'],
          {
            stdin: render,
          },
        );
        return render;
      };
      expect(await sync()).toBe(await sync());
      expect(await secretsOf(platform.namespace)).toEqual(before);
      const deployments = apps.map((app) => `deployment/${RELEASE}-${app}`);
      const status = ['rollout', 'status', '--timeout=120s', ...deployments];
      await kubectl(['-n', platform.namespace, ...status]);
      // Of what a render makes once, Helm knows nothing: whoever synchronizes also prunes.
      const jobs = ['database', 'backups'].map((name) => `${RELEASE}-${name}-1`);
      await kubectl(['-n', platform.namespace, 'delete', 'job', ...jobs]);
      await install(platform);
    });

    it('[0.5] to three replicas of a service, answers on', async () => {
      await install(platform, ['--set', 'products.replicas=3']);
      const pods = await runningPods(platform.namespace);
      expect(pods.filter(({ app }) => app === 'products')).toHaveLength(3);
      expect((await throughIngress(platform, 'GET /api/products')).status).toBe(200);
    });

    it('leaves the number of pods to an autoscaler, whatever scaled them before', async () => {
      const scaling = ['autoscaling.enabled=true', 'autoscaling.minReplicas=1'];
      const set = scaling.flatMap((value) => ['--set', `time.${value}`]);
      await install(platform, set);
      await kubectl([
        '-n',
        platform.namespace,
        'scale',
        `deployment/${RELEASE}-time`,
        '--replicas=2',
      ]);
      await install(platform, set);
      const path = ['get', `deployment/${RELEASE}-time`, '-o', 'jsonpath={.spec.replicas}'];
      expect(Number(await kubectl(['-n', platform.namespace, ...path]))).toBeGreaterThan(0);
    });
  });
