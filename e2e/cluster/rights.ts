import { kubectl, objects, type ClusterObject } from './cluster.js';
import { CommandError } from '../command.js';
import { platform } from './installation.js';
import { apps, RELEASE, stores } from './platform.js';
import { inPod, NODE, runningPods } from './pods.js';

interface PodObject extends ClusterObject {
  readonly spec: {
    readonly serviceAccountName: string;
    readonly automountServiceAccountToken: boolean;
    readonly containers: readonly { readonly securityContext: Readonly<Record<string, unknown>> }[];
  };
}

/** What `kubectl auth can-i` says of an account of the platform. */
async function mayDo(account: string, action: readonly string[]): Promise<boolean> {
  const as = `system:serviceaccount:${platform.namespace}:${account}`;
  const args = ['-n', platform.namespace, 'auth', 'can-i', ...action, '--as', as];
  try {
    return (await kubectl(args)).trim() === 'yes';
  } catch (error) {
    if (error instanceof CommandError && error.message.includes('no')) return false;
    throw error;
  }
}

const TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export const rights = (): void =>
  describe('given rights', () => {
    it('[3.5] has an account of its own for every app, and a token for the gateway alone', async () => {
      const all = await objects<PodObject>(platform.namespace, 'pods');
      expect(all.map(({ spec }) => spec.automountServiceAccountToken)).not.toContain(true);
      // What migrated is still to be seen; it has ended.
      const pods = all.filter(({ status }) => status?.['phase'] === 'Running');
      expect(pods.map(({ spec }) => spec.serviceAccountName).toSorted()).toEqual(
        [...apps, ...stores].map((app) => `${RELEASE}-${app}`).toSorted(),
      );
      const running = await runningPods(platform.namespace);
      const withNode = running.filter(({ app }) => !stores.some((store) => store === app));
      const holders = await Promise.all(
        withNode.map(async ({ app, name }) => {
          const script = `console.log(require('node:fs').existsSync('${TOKEN}'))`;
          const has = await inPod(platform.namespace, name, [NODE, '-e', script]);
          return has.trim() === 'true' ? [app] : [];
        }),
      );
      expect(holders.flat()).toEqual(['gateway']);
    });

    it.each([...apps, ...stores])(
      '[3.5] lets %s read no Secret and change nothing',
      async (app) => {
        const account = `${RELEASE}-${app}`;
        const actions = [
          ['get', 'secrets'],
          ['list', 'secrets'],
          ['create', 'pods'],
          ['create', 'pods/exec'],
          ['patch', 'deployments.apps'],
          ['update', 'configmaps'],
          ['delete', 'networkpolicies.networking.k8s.io'],
        ];
        const allowed = await Promise.all(actions.map((action) => mayDo(account, action)));
        expect(allowed).toEqual(actions.map(() => false));
      },
    );

    it('has no shell in the pods of apps, a root file system that is read-only, and no root', async () => {
      const pods = await runningPods(platform.namespace);
      const gateway = pods.find(({ app }) => app === 'gateway');
      const shell = inPod(platform.namespace, gateway?.name ?? '', ['sh', '-c', 'true']);
      await expect(shell).rejects.toThrow(/not found|no such file/i);
      const script = `try { require('node:fs').writeFileSync('/app/x', ''); console.log('written'); }
        catch (error) { console.log(error.code, process.getuid()); }`;
      const said = await inPod(platform.namespace, gateway?.name ?? '', [NODE, '-e', script]);
      expect(said.trim()).toBe('EROFS 65532');
    });
  });
