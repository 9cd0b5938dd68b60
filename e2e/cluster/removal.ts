import { helm, kubectl, until } from './cluster.js';
import { platform } from './installation.js';
import { RELEASE } from './platform.js';

/** What a cluster puts into every namespace by itself. */
const OF_THE_CLUSTER = /^(configmap\/kube-root-ca\.crt|serviceaccount\/default)$/;
/** What a namespace has anyway, or what only tells what was. */
const NO_OBJECTS = /^(events|pods\.metrics|endpoints$|endpointslices)/;

async function leftIn(namespace: string): Promise<string[]> {
  const kinds = await kubectl(['api-resources', '--namespaced', '--verbs=list', '-o', 'name']);
  const looked = kinds
    .trim()
    .split('\n')
    .filter((kind) => !NO_OBJECTS.test(kind));
  const names = await kubectl(['-n', namespace, 'get', looked.join(','), '-o', 'name']);
  return names
    .trim()
    .split('\n')
    .filter((name) => name !== '' && !OF_THE_CLUSTER.test(name));
}

export const removal = (): void =>
  describe('uninstalled', () => {
    it('leaves its secrets, the volumes of its data stores and the log of its test, and nothing else', async () => {
      await helm(['uninstall', RELEASE, '-n', platform.namespace, '--wait', '--timeout', '120s']);
      const kept = [
        ...['auth', 'first-admin', 'gateway', 'orders', 'postgres', 'products', 'redis'],
        ...['time', 'users'],
      ].map((name) => `secret/${RELEASE}-${name}`);
      const volumes = ['backups', 'data-postgres-0', 'data-redis-0'].map(
        (name) => `persistentvolumeclaim/${name.replace(/^(data-)?/, `$1${RELEASE}-`)}`,
      );
      const others = [`pod/${RELEASE}-journey`, 'secret/ingress-tls'];
      const expected = [...kept, ...volumes, ...others].toSorted();
      // Whether it all ended, and what did not, the next line says.
      await until('what was left of it ends', async () => {
        const left = await leftIn(platform.namespace);
        return left.length <= expected.length ? left : undefined;
      }).catch(() => undefined);
      expect((await leftIn(platform.namespace)).toSorted()).toEqual(expected);
    });
  });
