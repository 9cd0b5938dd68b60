import { randomBytes } from 'node:crypto';
import { openKubernetes, type ConfigMap, type Kubernetes } from '@courtside/service';
import { ApiServer } from './api-server.js';
import { serviceAccount, type Right } from './service-account.js';

const DEADLINE_MS = 10_000;

/** A namespace of its own in a cluster, for one spec file. */
export interface TestCluster {
  /** What an app gets, to reach it with its own rights. */
  readonly env: { readonly KUBECONFIG: string; readonly KUBERNETES_NAMESPACE: string };
  /** Reaches it as an administrator. */
  readonly kubernetes: Kubernetes;
  /** Creates or replaces a ConfigMap; gives it back as it is then. */
  apply(configMap: ConfigMap): Promise<ConfigMap>;
  removeConfigMap(name: string): Promise<void>;
  /** Events of the namespace, oldest first. */
  events(): Promise<readonly TestEvent[]>;
  close(): Promise<void>;
}

export interface TestEvent {
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  readonly note?: string | undefined;
  readonly regarding?: { readonly name?: string; readonly kind?: string } | undefined;
}

/**
 * A true cluster where `TEST_KUBECONFIG` names its kubeconfig, a stand-in otherwise. The variable has a
 * name of its own, so that no spec ever runs on whatever cluster somebody works with.
 * @param rights all that `env` may do there; a stand-in lets everybody do everything.
 */
export async function aCluster(rights: readonly Right[]): Promise<TestCluster> {
  const file = process.env['TEST_KUBECONFIG'];
  const namespace = `courtside-spec-${randomBytes(4).toString('hex')}`;
  if (!file) return standIn(await ApiServer.start(), namespace);
  const kubernetes = await openKubernetes({ KUBECONFIG: file, KUBERNETES_NAMESPACE: namespace });
  const core = kubernetes.api(({ CoreV1Api }) => CoreV1Api, DEADLINE_MS);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  const { kubeconfig, remove } = await serviceAccount(kubernetes, rights);
  return testCluster(kubernetes, kubeconfig, async () => {
    remove();
    await core.deleteNamespace({ name: namespace });
  });
}

/** A namespace of a stand-in, which is closed with it. */
export async function standIn(server: ApiServer, namespace = 'spec'): Promise<TestCluster> {
  const { kubeconfig } = server;
  const kubernetes = await openKubernetes({
    KUBECONFIG: kubeconfig,
    KUBERNETES_NAMESPACE: namespace,
  });
  return testCluster(kubernetes, kubeconfig, () => server.close());
}

/** @param kubernetes reaches it as an administrator. */
function testCluster(
  kubernetes: Kubernetes,
  kubeconfig: string,
  close: () => Promise<void>,
): TestCluster {
  const { namespace } = kubernetes;
  const env = { KUBECONFIG: kubeconfig, KUBERNETES_NAMESPACE: namespace };
  const core = kubernetes.api(({ CoreV1Api }) => CoreV1Api, DEADLINE_MS);
  const events = kubernetes.api(({ EventsV1Api }) => EventsV1Api, DEADLINE_MS);
  return {
    env,
    kubernetes,
    apply: async (configMap) => {
      const { name = '' } = configMap.metadata ?? {};
      const body = configMap as Parameters<typeof core.createNamespacedConfigMap>[0]['body'];
      const { items } = await core.listNamespacedConfigMap({ namespace });
      const isThere = items.some(({ metadata }) => metadata?.name === name);
      return isThere
        ? core.replaceNamespacedConfigMap({ namespace, name, body })
        : core.createNamespacedConfigMap({ namespace, body });
    },
    removeConfigMap: async (name) => {
      await core.deleteNamespacedConfigMap({ namespace, name });
    },
    events: async () => (await events.listNamespacedEvent({ namespace })).items as TestEvent[],
    close,
  };
}
