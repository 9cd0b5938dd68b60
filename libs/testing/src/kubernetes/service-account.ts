import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kubernetes } from '@courtside/service';

/** One rule of a Role: what an app may do, and nothing else. */
export interface Right {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

const DEADLINE_MS = 10_000;
const TOKEN_SECONDS = 3_600;
const NAME = 'app';

/**
 * A service account with these rights in the namespace, as a chart gives one to an app.
 * @returns its kubeconfig, and how to remove that.
 */
export async function serviceAccount(
  kubernetes: Kubernetes,
  rights: readonly Right[],
): Promise<{ readonly kubeconfig: string; readonly remove: () => void }> {
  const { namespace } = kubernetes;
  const core = kubernetes.api(({ CoreV1Api }) => CoreV1Api, DEADLINE_MS);
  const rbac = kubernetes.api(({ RbacAuthorizationV1Api: Api }) => Api, DEADLINE_MS);
  const metadata = { name: NAME, namespace };
  const apiGroup = 'rbac.authorization.k8s.io';
  const rules = rights.map(({ resourceNames, ...right }) => ({
    apiGroups: [...right.apiGroups],
    resources: [...right.resources],
    verbs: [...right.verbs],
    ...(resourceNames && { resourceNames: [...resourceNames] }),
  }));
  await core.createNamespacedServiceAccount({ namespace, body: { metadata } });
  await rbac.createNamespacedRole({ namespace, body: { metadata, rules } });
  await rbac.createNamespacedRoleBinding({
    namespace,
    body: {
      metadata,
      roleRef: { apiGroup, kind: 'Role', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace }],
    },
  });
  const { status } = await core.createNamespacedServiceAccountToken({
    ...metadata,
    body: { spec: { audiences: [], expirationSeconds: TOKEN_SECONDS } },
  });
  const directory = mkdtempSync(join(tmpdir(), 'courtside-kubeconfig-'));
  const kubeconfig = join(directory, 'config');
  const text = kubeconfigOf(kubernetes, status?.token ?? '');
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  return { kubeconfig, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** The cluster of the administrator, with another user. */
function kubeconfigOf({ config, namespace }: Kubernetes, token: string): string {
  const cluster = config.getCurrentCluster();
  const authority = cluster?.caData
    ? { 'certificate-authority-data': cluster.caData }
    : cluster?.caFile && { 'certificate-authority': cluster.caFile };
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': NAME },
    clusters: [{ name: NAME, cluster: { server: cluster?.server, ...authority } }],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace } }],
  });
}
