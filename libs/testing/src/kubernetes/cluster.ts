import { randomBytes } from 'node:crypto';
import { openKubernetes, type ConfigMap, type Kubernetes } from '@courtside/service';
import { ApiServer } from './api-server.js';

const DEADLINE_MS = 10_000;

/** A namespace of its own in a cluster, for one spec file. */
export interface TestCluster {
  /** What an app gets, to reach it. */
  readonly env: { readonly KUBECONFIG: string; readonly KUBERNETES_NAMESPACE: string };
  readonly kubernetes: Kubernetes;
  /** Creates or replaces a ConfigMap; gives it back as it is then. */
  apply(
    configMap: ConfigMap & { readonly data?: Readonly<Record<string, string>> },
  ): Promise<ConfigMap>;
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
 */
export async function aCluster(): Promise<TestCluster> {
  const file = process.env['TEST_KUBECONFIG'];
  const namespace = `courtside-spec-${randomBytes(4).toString('hex')}`;
  if (!file) {
    const server = await ApiServer.start();
    return standIn(server, namespace);
  }
  const kubernetes = await openKubernetes({ KUBECONFIG: file, KUBERNETES_NAMESPACE: namespace });
  const core = kubernetes.api(({ CoreV1Api }) => CoreV1Api, DEADLINE_MS);
  await core.createNamespace({ body: { metadata: { name: namespace } } });
  return testCluster(file, namespace, async () => {
    await core.deleteNamespace({ name: namespace });
  });
}

/** A namespace of a stand-in, which is closed with it. */
export async function standIn(server: ApiServer, namespace = 'spec'): Promise<TestCluster> {
  const close = () => server.close();
  return testCluster(server.kubeconfig, namespace, close).catch(async (error: unknown) => {
    await close();
    throw error;
  });
}

/** A namespace of the cluster that a kubeconfig leads to. */
async function testCluster(
  kubeconfig: string,
  namespace: string,
  close: () => Promise<void>,
): Promise<TestCluster> {
  const env = { KUBECONFIG: kubeconfig, KUBERNETES_NAMESPACE: namespace };
  const kubernetes = await openKubernetes(env);
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
