import { makeNamespace } from './cluster.js';
import { platform } from './installation.js';
import { allowed, doorsOf } from './network.js';
import { apiServer, apps, stores } from './platform.js';
import { deletePod, idlePod, imageOfTime, runningPods, type RunningPod } from './pods.js';
import { openDoors, type Door } from './reach.js';
import { settings } from './settings.js';

/** A pod beside the platform, and where it is. */
interface Stranger {
  readonly namespace: string;
  readonly pod: RunningPod;
}

export const reachability = (): void =>
  describe('reached', () => {
    const elsewhere = `${settings.namespace}-elsewhere`;
    const monitoring = `${settings.namespace}-monitoring`;
    let pods: RunningPod[];
    let doors: Door[];
    let image: string;

    const stranger = async (namespace: string, name: string): Promise<Stranger> => ({
      namespace,
      pod: await idlePod(namespace, name, image),
    });

    beforeAll(async () => {
      pods = await runningPods(platform.namespace);
      const { cidrs, ports } = await apiServer();
      const host = (cidrs[0] ?? '').replace('/32', '');
      doors = doorsOf(pods, { host, port: ports[0] ?? 0 });
      image = await imageOfTime(platform.namespace);
      await Promise.all([makeNamespace(elsewhere), makeNamespace(monitoring)]);
    });

    it.each([...apps, ...stores])(
      '[4.1] from the pod of %s, only what its services need opens',
      async (app) => {
        const pod = pods.find((one) => one.app === app);
        if (!pod) throw new Error(`${app} has no pod`);
        // Whether a pod reaches itself is nobody's business.
        const others = doors.filter(({ host }) => host !== pod.ip);
        expect(await openDoors(platform.namespace, pod, others)).toEqual(allowed[app]);
      },
    );

    it('[0.8] from another namespace nothing opens, not even the gateway', async () => {
      const { namespace, pod } = await stranger(elsewhere, 'stranger');
      const platformDoors = doors.filter(({ name }) => name !== 'kubernetes');
      expect(await openDoors(namespace, pod, platformDoors)).toEqual(allowed['from elsewhere']);
    });

    it('[0.2] from the ingress only the gateway opens, and none of its health and metrics', async () => {
      const { namespace, pod } = await stranger(settings.ingressNamespace, 'courtside-e2e-probe');
      const platformDoors = doors.filter(({ name }) => name !== 'kubernetes');
      const opened = await openDoors(namespace, pod, platformDoors);
      await deletePod(namespace, pod.name);
      expect(opened).toEqual(allowed['from the ingress']);
    });

    it('from monitoring the metrics of every app open, and nothing else', async () => {
      const { namespace, pod } = await stranger(monitoring, 'prometheus');
      const platformDoors = doors.filter(({ name }) => name !== 'kubernetes');
      expect(await openDoors(namespace, pod, platformDoors)).toEqual(allowed['from monitoring']);
    });

    it('nothing opens to a pod in its own namespace that is no part of it', async () => {
      const { namespace, pod } = await stranger(platform.namespace, 'lodger');
      const opened = await openDoors(namespace, pod, doors);
      await deletePod(namespace, pod.name);
      expect(opened).toEqual([]);
    });
  });
