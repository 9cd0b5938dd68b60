import { makeNamespace } from './cluster.js';
import { platform } from './installation.js';
import { allowed, doorsOf } from './network.js';
import { apiServer, apps, stores } from './platform.js';
import { deletePod, idlePod, imageOfTime, runningPods, type RunningPod } from './pods.js';
import { openDoors, type Door } from './reach.js';
import { settings } from './settings.js';

export const reachability = (): void =>
  describe('reached', () => {
    const elsewhere = `${settings.namespace}-elsewhere`;
    const monitoring = `${settings.namespace}-monitoring`;
    let pods: RunningPod[];
    let doors: Door[];
    let image: string;

    /** Our own doors: a namespace that is not ours may well reach the API server. */
    const ours = () => doors.filter(({ name }) => name !== 'kubernetes');
    /** What opens to a pod that is put there for as long as it knocks. */
    const openTo = async (namespace: string, name: string, knocked = ours()): Promise<string[]> => {
      const pod = await idlePod(namespace, name, image);
      try {
        return await openDoors(namespace, pod, knocked);
      } finally {
        await deletePod(namespace, pod.name);
      }
    };

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
      expect(await openTo(elsewhere, 'stranger')).toEqual(allowed['from elsewhere']);
    });

    it('[0.2] from the ingress only the gateway opens, and none of its health and metrics', async () => {
      const opened = await openTo(settings.ingressNamespace, 'courtside-e2e-probe');
      expect(opened).toEqual(allowed['from the ingress']);
    });

    it('from monitoring the metrics of every app open, and nothing else', async () => {
      expect(await openTo(monitoring, 'prometheus')).toEqual(allowed['from monitoring']);
    });

    it('nothing opens to a pod in its own namespace that is no part of it', async () => {
      expect(await openTo(platform.namespace, 'lodger', doors)).toEqual([]);
    });
  });
